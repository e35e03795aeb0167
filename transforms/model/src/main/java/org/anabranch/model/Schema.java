package org.anabranch.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Columns of a table by name. Joining two schemas unites their columns and joins the types of the
 * shared ones; the smaller ordinal wins, so that the order of columns too is independent of the
 * order of events.
 */
public final class Schema {

  /**
   * A column.
   *
   * @param name as the source calls it
   * @param type joined over all events seen
   * @param ordinal smallest place in an image at which the column was seen, from 0
   */
  public record Column(String name, Type type, int ordinal) {

    Column join(Column other) {
      return new Column(name, type.join(other.type), Math.min(ordinal, other.ordinal));
    }
  }

  public static final Schema EMPTY = new Schema(Map.of());

  private final Map<String, Column> columns;

  private Schema(Map<String, Column> columns) {
    this.columns = Collections.unmodifiableMap(columns);
  }

  /** Schema of these columns; a name that occurs twice is joined with itself. */
  public static Schema of(Collection<Column> columns) {
    Map<String, Column> byName = new TreeMap<>();
    columns.forEach(column -> byName.merge(column.name(), column, Column::join));
    return new Schema(byName);
  }

  public Schema join(Schema other) {
    Map<String, Column> joined = new TreeMap<>(columns);
    other.columns.forEach((name, column) -> joined.merge(name, column, Column::join));
    return new Schema(joined);
  }

  /** Columns by ordinal, those with the same ordinal by name. */
  public List<Column> columns() {
    List<Column> ordered = new ArrayList<>(columns.values());
    ordered.sort(Comparator.comparingInt(Column::ordinal).thenComparing(Column::name));
    return ordered;
  }

  public @Nullable Column column(String name) {
    return columns.get(name);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Schema that && columns.equals(that.columns);
  }

  @Override
  public int hashCode() {
    return columns.hashCode();
  }

  @Override
  public String toString() {
    return columns().toString();
  }
}
