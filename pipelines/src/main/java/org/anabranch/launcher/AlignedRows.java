package org.anabranch.launcher;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.anabranch.launcher.TextTable.Align;
import org.anabranch.model.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Aligned text for people. Widths and alignment are those of the first thousand rows, so that a
 * table of any size can be shown; long values are cut off, missing ones are blank.
 */
final class AlignedRows implements RowPrinter {

  private static final int MEASURED_ROWS = 1000;
  private static final int WIDEST = 60;

  private final List<String> columns;
  private final PrintStream out;
  private final List<List<@Nullable Object>> waiting = new ArrayList<>();
  private @Nullable TextTable table;

  AlignedRows(List<String> columns, PrintStream out) {
    this.columns = columns;
    this.out = out;
  }

  @Override
  public void print(List<@Nullable Object> row) {
    TextTable measured = table;
    if (measured == null) {
      waiting.add(row);
      if (waiting.size() == MEASURED_ROWS) {
        table = measure();
      }

      return;
    }

    measured.add(cells(row));
    measured.flush(out);
  }

  private TextTable measure() {
    List<Align> aligns = new ArrayList<>(Collections.nCopies(columns.size(), Align.LEFT));
    for (List<@Nullable Object> row : waiting) {
      for (int i = 0; i < row.size(); i++) {
        Object value = row.get(i);
        if (value instanceof Long || value instanceof Double || value instanceof BigDecimal) {
          aligns.set(i, Align.RIGHT);
        }
      }
    }

    TextTable measured = new TextTable(columns, aligns);
    waiting.forEach(row -> measured.add(cells(row)));
    waiting.clear();
    measured.flush(out);
    return measured;
  }

  private static List<String> cells(List<@Nullable Object> row) {
    return row.stream().map(AlignedRows::cell).toList();
  }

  private static String cell(@Nullable Object value) {
    if (value == null) {
      return "";
    }

    String text = JsonText.text(value);
    int end =
        text.offsetByCodePoints(0, Math.min(WIDEST + 1, text.codePointCount(0, text.length())));
    String shown =
        end < text.length() || text.codePointCount(0, end) > WIDEST
            ? text.substring(0, text.offsetByCodePoints(0, WIDEST - 1)) + "…"
            : text;
    return shown.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
  }

  @Override
  public void finish() {
    if (table == null) {
      table = measure();
    }
  }
}
