package org.anabranch.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a table holds after its changes, found the plain way: sort them by position, then apply one
 * after the other. Shares no code with {@link RowVersion}, so that it can judge it.
 *
 * <ul>
 *   <li>An image replaces its row. A hole takes the value the row has at that moment; where it has
 *       none, the column stays out of the row.
 *   <li>The holes of an image with an old key are filled from the row at the old key instead: as it
 *       is at that position or, where it is gone, as it was just before its delete.
 *   <li>A delete removes its row, a truncate every row.
 *   <li>At one position a truncate counts before a delete and a delete before an image.
 *   <li>Every image makes a row of the history, closed by the next change of its key. A change that
 *       was delivered again ({@link Position#sameChange}) makes one row, from its last delivery.
 * </ul>
 */
public final class ModelTable {

  /**
   * A present row.
   *
   * @param position of its newest image
   * @param values columns with a value; null is the value null
   */
  public record Row(Position position, Map<String, @Nullable Object> values) {}

  /**
   * A row as it was for a while.
   *
   * @param from position of the image that made it so
   * @param to position of the change that ended it; null while it lasts
   */
  public record HistoryRow(
      String key, Map<String, @Nullable Object> values, Position from, @Nullable Position to) {}

  private static final Comparator<ModelChange> ORDER =
      Comparator.comparing(ModelChange::position).thenComparing(ModelChange::kind);
  private static final Comparator<HistoryRow> HISTORY_ORDER =
      Comparator.comparing(HistoryRow::key).thenComparing(HistoryRow::from);

  private final SortedMap<String, Row> rows = new TreeMap<>();
  private final Map<String, Row> lastBeforeDelete = new HashMap<>();
  private final List<HistoryRow> history = new ArrayList<>();

  private ModelTable() {}

  /**
   * Replays the changes, given in any order and with repeats.
   *
   * @throws IllegalArgumentException if two different images of a key have one position, because
   *     which of them came first is then nobody's knowledge
   */
  public static ModelTable replay(Collection<ModelChange> changes) {
    List<ModelChange> ordered = new ArrayList<>(new HashSet<>(changes));
    ordered.sort(ORDER);
    requireOneImagePerPosition(ordered);
    ModelTable table = new ModelTable();
    ordered.forEach(table::apply);
    table.rows.forEach((key, row) -> table.remember(key, row, null));
    table.history.sort(HISTORY_ORDER);
    return table;
  }

  private static void requireOneImagePerPosition(List<ModelChange> changes) {
    Set<List<Object>> seen = new HashSet<>();
    for (ModelChange change : changes) {
      if (change.kind() == ModelChange.Kind.IMAGE
          && !seen.add(List.of(change.position(), change.key()))) {
        throw new IllegalArgumentException("two images at one position: " + change);
      }
    }
  }

  private void apply(ModelChange change) {
    switch (change.kind()) {
      case TRUNCATE -> List.copyOf(rows.keySet()).forEach(key -> remove(key, change.position()));
      case DELETE -> remove(change.key(), change.position());
      case IMAGE -> put(change);
    }
  }

  private void remove(String key, Position position) {
    Row row = rows.remove(key);
    if (row != null) {
      lastBeforeDelete.put(key, row);
      remember(key, row, position);
    }
  }

  private void put(ModelChange change) {
    Row before = rows.get(change.key());
    Map<String, @Nullable Object> older = olderValues(change);
    Map<String, @Nullable Object> values = new TreeMap<>();
    change
        .values()
        .forEach(
            (column, value) -> {
              if (value != ModelChange.HOLE) {
                values.put(column, value);
              } else if (older.containsKey(column)) {
                values.put(column, older.get(column));
              }
            });
    rows.put(change.key(), new Row(change.position(), Collections.unmodifiableMap(values)));
    if (before != null) {
      remember(change.key(), before, change.position());
    }
  }

  private Map<String, @Nullable Object> olderValues(ModelChange change) {
    String oldKey = change.oldKey();
    Row older = rows.get(oldKey == null ? change.key() : oldKey);
    if (older == null && oldKey != null) {
      older = lastBeforeDelete.get(oldKey);
    }

    return older == null ? Map.of() : older.values();
  }

  private void remember(String key, Row row, @Nullable Position to) {
    if (to == null || !row.position().sameChange(to)) {
      history.add(new HistoryRow(key, row.values(), row.position(), to));
    }
  }

  /** Present rows by key. */
  public SortedMap<String, Row> rows() {
    return Collections.unmodifiableSortedMap(rows);
  }

  /** Rows of the present and the past, by key, then by position. */
  public List<HistoryRow> history() {
    return Collections.unmodifiableList(history);
  }
}
