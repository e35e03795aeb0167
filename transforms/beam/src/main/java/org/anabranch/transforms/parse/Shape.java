package org.anabranch.transforms.parse;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The field names of one kind of JSON object. Two rows of the same shape share the object. */
final class Shape {

  static final Shape EMPTY = new Shape(List.of(), new int[0]);

  private final List<String> columns;
  private final List<String> sortedColumns;
  private final String sortedText;
  private final int[] slots;
  private final Map<String, Integer> slotOfColumn = new HashMap<>();
  private @Nullable String nameFault;
  private boolean isChecked;

  /**
   * A shape.
   *
   * @param columns names, each once, in the order of their first appearance
   * @param slots for each column the number of the field that holds its value: the last of that
   *     name
   */
  Shape(List<String> columns, int[] slots) {
    this.columns = List.copyOf(columns);
    this.slots = slots;
    sortedColumns = this.columns.stream().sorted().toList();
    sortedText = String.join("+", sortedColumns);
    for (int i = 0; i < slots.length; i++) {
      slotOfColumn.put(columns.get(i), slots[i]);
    }
  }

  /** The same without the columns that are not among these. */
  Shape only(Set<String> names) {
    List<String> kept = columns.stream().filter(names::contains).toList();
    return new Shape(kept, kept.stream().mapToInt(this::slot).toArray());
  }

  List<String> columns() {
    return columns;
  }

  /** The columns by name. */
  List<String> sortedColumns() {
    return sortedColumns;
  }

  /** The columns by name, with a plus between them: the same string for the same shape. */
  String sortedText() {
    return sortedText;
  }

  /** Number of the field with the column's value, for a column given by number. */
  int slot(int column) {
    return slots[column];
  }

  /** Number of the field with the column's value, for a column given by name; -1 without it. */
  int slot(String column) {
    return slotOfColumn.getOrDefault(column, -1);
  }

  /** Why one of the columns cannot be stored under its name; null where all can. */
  @Nullable String nameFault() {
    if (!isChecked) {
      isChecked = true;
      nameFault =
          columns.stream()
              .map(ColumnNames::fault)
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null);
    }

    return nameFault;
  }

  boolean has(String column) {
    return slotOfColumn.containsKey(column);
  }
}
