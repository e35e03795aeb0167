package org.anabranch.files;

/** Table names become file names. */
final class TableNames {

  private TableNames() {}

  static String check(String table) {
    boolean legal =
        !table.isEmpty()
            && table.charAt(0) != '.'
            && table.chars().noneMatch(c -> c < 0x20 || c == '/' || c == '\\' || c == 0x7F);
    if (legal) {
      return table;
    }

    throw new IllegalArgumentException(
        "a table name must be a file name that does not begin with a dot, but was: '"
            + table
            + "'");
  }
}
