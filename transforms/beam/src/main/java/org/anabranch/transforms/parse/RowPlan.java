package org.anabranch.transforms.parse;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.anabranch.model.Type;
import org.anabranch.transforms.row.BeamRows;
import org.apache.beam.sdk.schemas.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How rows of a schema become changes of a table.
 *
 * @param table the table
 * @param schema of the rows
 * @param columns names of the stored columns
 * @param fields places of the stored columns in a row
 * @param types texts of their types; empty where the type follows from the value
 * @param key names of the key columns
 * @param keyColumns places of the key columns among the stored ones
 * @param sequence places of the ordering columns in a row
 * @param operation place of the operation in a row; -1 without one
 */
record RowPlan(
    String table,
    Schema schema,
    List<String> columns,
    List<Integer> fields,
    List<String> types,
    List<String> key,
    List<Integer> keyColumns,
    List<Integer> sequence,
    int operation)
    implements Serializable {

  private static final int MAX_SEQUENCE = 2;
  private static final Set<Type> KEYS =
      Set.of(Type.INT32, Type.INT64, Type.STRING, Type.UUID, Type.DATE, Type.TIMESTAMPTZ);
  private static final Set<Type> ORDERED =
      Set.of(Type.INT32, Type.INT64, Type.DATE, Type.TIME, Type.TIMESTAMP, Type.TIMESTAMPTZ);

  /**
   * Plan for a schema.
   *
   * @throws IllegalArgumentException where it does not fit what is declared
   */
  static RowPlan of(
      Schema schema, String table, List<String> key, List<String> sequence, String operation) {
    require(!table.isEmpty(), "rows need the name of their table: intoTable(NAME)");
    require(!key.isEmpty(), "rows of table '" + table + "' need a key: withKey(COLUMN, ...)");
    require(
        !sequence.isEmpty() && sequence.size() <= MAX_SEQUENCE,
        "rows of table '%s' need 1 or 2 columns that order them, withSequence(COLUMN, ...), but there are %d"
            .formatted(table, sequence.size()));
    List<String> columns = new ArrayList<>();
    List<Integer> fields = new ArrayList<>();
    List<String> types = new ArrayList<>();
    Set<String> lower = new HashSet<>();
    for (Schema.Field field : schema.getFields()) {
      if (field.getName().equals(operation)) {
        continue;
      }

      String fault = ColumnNames.fault(field.getName());
      require(fault == null, "table '%s': %s".formatted(table, fault));
      require(
          lower.add(field.getName().toLowerCase(Locale.ROOT)),
          "table '%s' has two columns that differ in upper and lower case only: %s"
              .formatted(table, field.getName()));
      Type type = BeamRows.type(field);
      columns.add(field.getName());
      fields.add(schema.indexOf(field.getName()));
      types.add(type == null ? "" : type.toString());
    }

    for (String column : key) {
      Type type = type(schema, table, column);
      require(
          type != null && KEYS.contains(type),
          "a key must be a whole number, text, a date or a timestamp, but column %s of table '%s' is not"
              .formatted(column, table));
    }

    for (String column : sequence) {
      Type type = type(schema, table, column);
      require(
          type != null && ORDERED.contains(type),
          "a column that orders rows must be a whole number, a date or a time, but column %s of table '%s' is not"
              .formatted(column, table));
    }

    if (!operation.isEmpty()) {
      require(
          Type.STRING.equals(type(schema, table, operation)),
          "the column of the operation must be text, but column %s of table '%s' is not"
              .formatted(operation, table));
    }

    return new RowPlan(
        table,
        schema,
        columns,
        fields,
        types,
        key,
        key.stream().map(columns::indexOf).toList(),
        sequence.stream().map(schema::indexOf).toList(),
        operation.isEmpty() ? -1 : schema.indexOf(operation));
  }

  private static @Nullable Type type(Schema schema, String table, String column) {
    require(
        schema.hasField(column),
        "the rows of table '%s' have no column %s; columns: %s"
            .formatted(table, column, schema.getFieldNames()));
    return BeamRows.type(schema.getField(column));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(Objects.requireNonNull(otherwise));
    }
  }

  /** Types of the stored columns; null where they follow from the value. */
  @Nullable Type[] columnTypes() {
    @Nullable Type[] parsed = new @Nullable Type[types.size()];
    for (int i = 0; i < parsed.length; i++) {
      parsed[i] = types.get(i).isEmpty() ? null : Type.parse(types.get(i));
    }

    return parsed;
  }
}
