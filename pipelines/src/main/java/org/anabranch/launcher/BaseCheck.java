package org.anabranch.launcher;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.anabranch.parquet.ParquetRows;

/** Looks into the base files of a run before it starts, so that a wrong one is told at once. */
final class BaseCheck {

  private BaseCheck() {}

  /**
   * Checks that every file is Parquet and has the key columns of its table.
   *
   * @throws WrongCallException naming the file
   */
  static void check(RunCall call) {
    call.input()
        .bases()
        .forEach(
            (table, files) -> {
              List<String> key = requireNonNull(call.plan().tables().tables().get(table)).key();
              for (String path : files.sizes().keySet()) {
                check(table, key, path);
              }
            });
  }

  private static void check(String table, List<String> key, String path) {
    if (path.contains("://")) {
      return;
    }

    List<String> columns = columns(table, path);
    for (String column : key) {
      if (!columns.contains(column)) {
        throw new WrongCallException(
            "--base of table '%s': %s has no key column '%s'; columns: %s"
                .formatted(table, path, column, String.join(", ", columns)));
      }
    }
  }

  private static List<String> columns(String table, String path) {
    try (ParquetRows rows = ParquetRows.open(FileChannel.open(Path.of(path)))) {
      return rows.columns();
    } catch (IOException | RuntimeException e) {
      throw new WrongCallException(
          "--base of table '%s': not a Parquet file, or cut off: %s".formatted(table, path), e);
    }
  }
}
