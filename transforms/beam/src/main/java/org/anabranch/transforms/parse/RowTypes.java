package org.anabranch.transforms.parse;

import java.util.Map;

/**
 * Types that the schema in an event gives to a row or a key. Equal schemas share the object, and it
 * is compared as such.
 */
final class RowTypes {

  static final RowTypes UNKNOWN = new RowTypes(Map.of(), ColumnType.INFERRED);

  private final Map<String, ColumnType> columns;
  private final ColumnType others;

  /**
   * Types of a row or of a single value.
   *
   * @param columns by name
   * @param others of columns that are not listed: that of a schema that is of a single value
   */
  RowTypes(Map<String, ColumnType> columns, ColumnType others) {
    this.columns = Map.copyOf(columns);
    this.others = others;
  }

  ColumnType column(String name) {
    return columns.getOrDefault(name, others);
  }
}
