package org.anabranch.transforms.parse;

import java.io.Serializable;
import org.anabranch.model.Internal;

/**
 * What a record may be like at most. One beyond a limit is a dead letter, so that no record takes
 * the memory of all others.
 *
 * @param maxLineBytes length of a line, or of the value of a record, 1 KiB to 512 MiB
 * @param maxColumns columns of one record, 1 to 100,000
 * @param maxTables tables a warehouse may come to have without being declared, 1 to 1,000,000
 */
@Internal
public record Limits(int maxLineBytes, int maxColumns, int maxTables) implements Serializable {

  /** Levels of arrays and objects in a value; what reads them by recursion needs a bound. */
  static final int MAX_NESTING = 500;

  /** Levels in what is skipped; the parser remembers each. */
  static final int MAX_SKIPPED_NESTING = 10_000;

  /** Buffers of a parser hold six bytes for one of a line, which has to fit an array. */
  private static final int MOST_LINE_BYTES = 512 << 20;

  private static final int LEAST_LINE_BYTES = 1 << 10;
  private static final int MOST_COLUMNS = 100_000;
  private static final int MOST_TABLES = 1_000_000;

  /** Lines of 64 MiB, 2,000 columns, 1,000 tables. */
  public static final Limits DEFAULT = new Limits(64 << 20, 2_000, 1_000);

  public Limits {
    check("longest line in bytes", maxLineBytes, LEAST_LINE_BYTES, MOST_LINE_BYTES);
    check("most columns", maxColumns, 1, MOST_COLUMNS);
    check("most tables", maxTables, 1, MOST_TABLES);
  }

  private static void check(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "the " + what + " must be between " + least + " and " + most + ", but was: " + value);
    }
  }
}
