package org.anabranch.transforms.parse;

import java.util.Map;

/**
 * Types that the schema in an event gives to a row or a key. Equal schemas share the object.
 *
 * @param columns by name; empty where the schema is of a single value
 * @param value type of a single value, {@link ColumnType#INFERRED} otherwise
 */
record RowTypes(Map<String, ColumnType> columns, ColumnType value) {

  static final RowTypes UNKNOWN = new RowTypes(Map.of(), ColumnType.INFERRED);
}
