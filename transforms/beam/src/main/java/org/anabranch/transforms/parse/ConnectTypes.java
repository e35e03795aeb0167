package org.anabranch.transforms.parse;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.Type;
import org.anabranch.transforms.parse.ColumnType.Unit;

/**
 * What the schemas in events mean: the semantic types of Kafka Connect and Debezium [1], and the
 * physical type where the meaning is not known.
 *
 * <p>[1] Debezium, PostgreSQL connector, data type mappings,
 * https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-data-types
 */
final class ConnectTypes {

  private static final String TIME = "io.debezium.time.";
  private static final String DATA = "io.debezium.data.";
  private static final String CONNECT = "org.apache.kafka.connect.data.";

  private static final Map<String, ColumnType> BY_NAME =
      Map.ofEntries(
          Map.entry(TIME + "Date", ColumnType.of(Type.DATE)),
          Map.entry(TIME + "IsoDate", ColumnType.of(Type.DATE)),
          Map.entry(CONNECT + "Date", ColumnType.of(Type.DATE)),
          Map.entry(TIME + "Time", ColumnType.of(Type.TIME, Unit.MILLIS)),
          Map.entry(TIME + "MicroTime", ColumnType.of(Type.TIME, Unit.MICROS)),
          Map.entry(TIME + "NanoTime", ColumnType.of(Type.TIME, Unit.NANOS)),
          Map.entry(TIME + "IsoTime", ColumnType.of(Type.TIME)),
          Map.entry(TIME + "ZonedTime", ColumnType.of(Type.TIME)),
          Map.entry(CONNECT + "Time", ColumnType.of(Type.TIME, Unit.MILLIS)),
          Map.entry(TIME + "Timestamp", ColumnType.of(Type.TIMESTAMP, Unit.MILLIS)),
          Map.entry(TIME + "MicroTimestamp", ColumnType.of(Type.TIMESTAMP, Unit.MICROS)),
          Map.entry(TIME + "NanoTimestamp", ColumnType.of(Type.TIMESTAMP, Unit.NANOS)),
          Map.entry(TIME + "IsoTimestamp", ColumnType.of(Type.TIMESTAMP)),
          Map.entry(CONNECT + "Timestamp", ColumnType.of(Type.TIMESTAMP, Unit.MILLIS)),
          Map.entry(TIME + "ZonedTimestamp", ColumnType.of(Type.TIMESTAMPTZ)),
          Map.entry(DATA + "VariableScaleDecimal", ColumnType.NUMERIC),
          Map.entry(DATA + "Json", ColumnType.of(Type.JSON)),
          Map.entry(DATA + "Uuid", ColumnType.of(Type.UUID)));

  private static final Set<String> NESTED = Set.of("struct", "map", "array");

  private ConnectTypes() {}

  /** Types of a key or a row. */
  static RowTypes row(ConnectSchema schema) {
    if (!schema.type().equals("struct")) {
      return new RowTypes(Map.of(), column(schema));
    }

    Map<String, ColumnType> columns = new HashMap<>();
    schema.fields().forEach((name, field) -> columns.put(name, column(field)));
    return new RowTypes(columns, ColumnType.INFERRED);
  }

  /** Types of the rows in an envelope: those of its field {@code after}. */
  static RowTypes envelope(ConnectSchema schema) {
    ConnectSchema after = schema.fields().get("after");
    return after == null ? RowTypes.UNKNOWN : row(after);
  }

  private static ColumnType column(ConnectSchema schema) {
    ColumnType known = BY_NAME.get(schema.name());
    if (known != null) {
      return known;
    }

    if (schema.name().equals(CONNECT + "Decimal")) {
      return decimal(schema);
    }

    return switch (schema.type()) {
      case "boolean" -> ColumnType.of(Type.BOOLEAN);
      case "int8", "int16", "int32" -> ColumnType.of(Type.INT32);
      case "int64" -> ColumnType.of(Type.INT64);
      case "float", "double" -> ColumnType.of(Type.DOUBLE);
      case "bytes" -> ColumnType.of(Type.BYTES);
      case "string" -> ColumnType.of(Type.STRING);
      case "struct", "map" -> ColumnType.of(Type.JSON);
      case "array" -> array(schema);
      default -> ColumnType.INFERRED;
    };
  }

  private static ColumnType decimal(ConnectSchema schema) {
    return ColumnType.decimalBytes(
        schema.parameter("connect.decimal.precision", Type.MAX_PRECISION),
        schema.parameter("scale", 0));
  }

  private static ColumnType array(ConnectSchema schema) {
    ConnectSchema items = schema.items();
    if (items == null) {
      return ColumnType.INFERRED;
    }

    ColumnType element = column(items);
    boolean scalar =
        !NESTED.contains(items.type()) || element.reading() == ColumnType.Reading.NUMERIC;
    return scalar ? ColumnType.listOf(element) : ColumnType.of(Type.JSON);
  }
}
