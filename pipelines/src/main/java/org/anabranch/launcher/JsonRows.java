package org.anabranch.launcher;

import java.io.PrintStream;
import java.util.List;
import org.anabranch.model.JsonText;
import org.jspecify.annotations.Nullable;

/** One JSON object per line; every column is there, a missing value is null. */
final class JsonRows implements RowPrinter {

  private final List<String> names;
  private final PrintStream out;
  private final StringBuilder line = new StringBuilder();

  JsonRows(List<String> columns, PrintStream out) {
    this.names = columns.stream().map(column -> JsonText.of(column) + ":").toList();
    this.out = out;
  }

  @Override
  public void print(List<@Nullable Object> row) {
    line.setLength(0);
    for (int i = 0; i < names.size(); i++) {
      line.append(i == 0 ? "{" : ",").append(names.get(i));
      JsonText.append(line, row.get(i));
    }

    out.append(line.append(names.isEmpty() ? "{}\n" : "}\n"));
  }

  @Override
  public void finish() {}
}
