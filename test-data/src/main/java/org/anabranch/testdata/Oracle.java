package org.anabranch.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The SQL that computes the expected tables from the files alone, for DuckDB. It is one text of
 * many statements, to be given to one {@code Statement.execute}.
 */
public final class Oracle {

  private Oracle() {}

  /**
   * Returns the statements with their parameters filled in.
   *
   * @param sql the file {@code oracle.sql}
   * @param files directory with the {@code changes-*} files
   * @param windowMinutes length of a window in {@code interactions_by_window}
   * @throws IOException when the file cannot be read
   */
  public static String script(Path sql, Path files, int windowMinutes) throws IOException {
    if (windowMinutes < 1) {
      throw new IllegalArgumentException(
          "windowMinutes must be at least 1, but was: " + windowMinutes);
    }

    return Files.readString(sql)
        .replace("${DIR}", files.toString().replace("'", "''"))
        .replace("${WINDOW_MINUTES}", Integer.toString(windowMinutes));
  }
}
