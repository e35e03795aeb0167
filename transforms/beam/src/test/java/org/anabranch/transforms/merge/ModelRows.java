package org.anabranch.transforms.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.ModelTable;
import org.anabranch.model.ModelTable.HistoryRow;
import org.anabranch.model.Position;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/** What the model says as rows of the stored tables, in the order of their keys. */
final class ModelRows {

  private ModelRows() {}

  static List<Map<String, @Nullable Object>> current(ModelTable table) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    table.rows().forEach((key, row) -> rows.add(row(key, row.values(), row.position())));
    return rows;
  }

  /** Versions of a row that follow one another and hold the same values are one. */
  static List<Map<String, @Nullable Object>> history(ModelTable table) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    HistoryRow open = null;
    for (HistoryRow next : table.history()) {
      if (open != null && continues(open, next)) {
        open = new HistoryRow(open.key(), open.values(), open.from(), next.to());
        continue;
      }

      if (open != null) {
        rows.add(row(open));
      }

      open = next;
    }

    if (open != null) {
      rows.add(row(open));
    }

    return rows;
  }

  private static boolean continues(HistoryRow open, HistoryRow next) {
    Position to = open.to();
    return open.key().equals(next.key())
        && to != null
        && to.sameChange(next.from())
        && open.values().equals(next.values());
  }

  private static Map<String, @Nullable Object> row(HistoryRow version) {
    Map<String, @Nullable Object> row = row(version.key(), version.values(), version.from());
    row.computeIfPresent(TableOutput.POSITION, (column, text) -> version.from().toString());
    row.put("valid_from", time(version.from()));
    row.put("valid_to", time(version.to()));
    row.put("is_current", version.to() == null);
    return row;
  }

  private static @Nullable Object time(@Nullable Position position) {
    return position == null || position.equals(Position.BASE)
        ? null
        : Values.instant(EncodedChanges.timeMicros(position));
  }

  private static Map<String, @Nullable Object> row(
      String key, Map<String, @Nullable Object> values, Position position) {
    Map<String, @Nullable Object> row = new TreeMap<>();
    for (Column column : EncodedChanges.schema().columns()) {
      row.put(column.name(), values.get(column.name()));
    }

    row.put(EncodedChanges.ID, key);
    row.put(
        TableOutput.POSITION,
        position.equals(Position.BASE)
            ? null
            : position.encode(EncodedChanges.timeMicros(position)));
    return row;
  }
}
