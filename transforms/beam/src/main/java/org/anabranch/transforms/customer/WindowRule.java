package org.anabranch.transforms.customer;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How interactions are counted in fixed event-time windows.
 *
 * <p>The watermark of a record is the time the log has for it, so that it does not depend on the
 * run that reads the record: a record is late when the log took it at or after the end of its
 * window, and too late when its window had been over for the allowed lateness by then. A record
 * whose log has no time for it is never late.
 *
 * @param length of the windows, at least a millisecond
 * @param allowedLateness what is too late is not counted but is a row of {@link LateInteractions};
 *     null: nothing is too late, and nobody asks what is late
 * @param closedOnly whether windows that are still open have no row
 */
public record WindowRule(Duration length, @Nullable Duration allowedLateness, boolean closedOnly)
    implements Serializable {

  public WindowRule {
    if (length.toMillis() < 1) {
      throw new IllegalArgumentException("window must be at least 1ms, but was: " + length);
    }

    if (allowedLateness != null && allowedLateness.isNegative()) {
      throw new IllegalArgumentException(
          "allowed lateness must not be negative, but was: " + allowedLateness);
    }
  }

  /** Windows that show what is known at any time and have no late records. */
  public static WindowRule of(Duration length) {
    return new WindowRule(length, null, false);
  }

  /** Whether it is asked what is late. */
  public boolean tellsLate() {
    return allowedLateness != null;
  }

  /** Start of the window that has this time, in milliseconds since the epoch. */
  long startOf(Instant time) {
    long millis = length.toMillis();
    return Math.floorDiv(time.toEpochMilli(), millis) * millis;
  }

  /** End of the window, exclusive. */
  long endOf(Instant time) {
    return startOf(time) + length.toMillis();
  }

  /** Whether the log took a record after the end of its window. */
  boolean isLate(Instant occurredAt, @Nullable Instant loggedAt) {
    return tellsLate() && loggedAt != null && loggedAt.toEpochMilli() >= endOf(occurredAt);
  }

  /** Whether the log took a record so late that its window does not count it. */
  boolean isTooLate(Instant occurredAt, @Nullable Instant loggedAt) {
    return allowedLateness != null
        && loggedAt != null
        && Duration.between(Instant.ofEpochMilli(endOf(occurredAt)), loggedAt)
                .compareTo(allowedLateness)
            >= 0;
  }
}
