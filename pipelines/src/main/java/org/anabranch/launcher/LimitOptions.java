package org.anabranch.launcher;

import org.anabranch.transforms.parse.Limits;

/** Options that say what a record may be like at most. */
final class LimitOptions {

  static final OptionSpec MAX_LINE =
      new OptionSpec(
          "max-line",
          "SIZE",
          "64MiB",
          "longest line, or value of a record, 1KiB to 512MiB; a longer one is a dead letter"
              + " (default 64MiB)");
  static final OptionSpec MAX_COLUMNS =
      new OptionSpec(
          "max-columns",
          "N",
          "2000",
          "most columns of one record, up to 100000; one with more is a dead letter, a table with more than five times as many is refused (default 2000)");
  static final OptionSpec MAX_TABLES =
      new OptionSpec(
          "max-tables",
          "N",
          "1000",
          "most tables that a warehouse comes to have without their being declared (default 1000)");

  private LimitOptions() {}

  /** Reads the options. */
  static Limits parse(Settings settings) {
    return new Limits(
        (int) settings.size(MAX_LINE, 1L << 10, 512L << 20),
        (int) settings.wholeNumber(MAX_COLUMNS, 1, 100_000),
        (int) settings.wholeNumber(MAX_TABLES, 1, 1_000_000));
  }
}
