package org.anabranch.launcher;

import java.io.PrintStream;
import java.util.List;
import org.anabranch.model.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values with a header (RFC 4180). A missing value is an empty field, an empty text
 * a quoted one.
 */
final class CsvRows implements RowPrinter {

  private static final String LINE_END = "\r\n";

  private final PrintStream out;
  private final StringBuilder line = new StringBuilder();

  CsvRows(List<String> columns, PrintStream out) {
    this.out = out;
    for (String column : columns) {
      field(column);
    }

    end();
  }

  @Override
  public void print(List<@Nullable Object> row) {
    for (Object value : row) {
      field(value == null ? null : JsonText.text(value));
    }

    end();
  }

  private void field(@Nullable String text) {
    if (text == null) {
      line.append(',');
      return;
    }

    boolean quoted = text.isEmpty() || text.chars().anyMatch(c -> ",\"\r\n".indexOf(c) >= 0);
    line.append(quoted ? '"' + text.replace("\"", "\"\"") + '"' : text).append(',');
  }

  private void end() {
    line.setLength(Math.max(0, line.length() - 1));
    out.append(line.append(LINE_END));
    line.setLength(0);
  }

  @Override
  public void finish() {}
}
