package org.anabranch.launcher;

import java.util.Arrays;
import java.util.List;

/** How a run reads its input. */
enum Mode {
  /** All there is, or a declared range, once. */
  BATCH("batch"),
  /** Bounded slices, one behind the other, each committed. */
  MICRO_BATCH("micro-batch"),
  /** Unbounded; what came in an interval is committed at its end. */
  STREAM("stream");

  private final String label;

  Mode(String label) {
    this.label = label;
  }

  /** Name on the command line. */
  String label() {
    return label;
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(Mode::label).toList();
  }

  static Mode of(String label) {
    return Arrays.stream(values())
        .filter(mode -> mode.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no mode is called '" + label + "'"));
  }
}
