package org.anabranch.transforms.parse;

import java.nio.charset.StandardCharsets;
import org.anabranch.model.Internal;
import org.anabranch.model.PrintableText;

/** Names of tables, which become names of files. */
@Internal
public final class TableNames {

  /** Leaves room for what file names of tables get in front and behind. */
  private static final int MAX_BYTES = 150;

  private TableNames() {}

  /** Whether the changes of a table of this name can be stored. */
  static boolean isFree(String table) {
    return isLegal(table) && !table.equals(DeadLetters.TABLE);
  }

  private static boolean isLegal(String table) {
    return !table.isBlank()
        && table.charAt(0) != '.'
        && table.chars().noneMatch(c -> c == '/' || c == '\\' || PrintableText.isControl(c))
        && !ColumnNames.hasLoneSurrogate(table)
        && table.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
  }

  /**
   * Returns the name.
   *
   * @throws IllegalArgumentException for a name that cannot be that of a file
   */
  public static String check(String table) {
    if (isLegal(table)) {
      return table;
    }

    throw new IllegalArgumentException(
        "a table name must be a file name of at most "
            + MAX_BYTES
            + " bytes that does not begin with a dot, but was: '"
            + table
            + "'");
  }
}
