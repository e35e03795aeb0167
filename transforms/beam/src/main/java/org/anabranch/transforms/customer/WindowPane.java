package org.anabranch.transforms.customer;

/** What a row of {@link InteractionsByWindow} is, with the names of Beam's pane timings. */
enum WindowPane {
  /** The window is open: more may come in time. */
  EARLY,
  /** The window is over, and nothing late is counted in it. */
  ON_TIME,
  /** The window is over, and late records are counted in it. */
  LATE;

  /** Pane of these totals when the newest record of all has this time. */
  static WindowPane of(WindowTotals totals, long newestMillis) {
    if (newestMillis < totals.endMillis()) {
      return EARLY;
    }

    return totals.late() > 0 ? LATE : ON_TIME;
  }
}
