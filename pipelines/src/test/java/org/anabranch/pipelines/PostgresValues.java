package org.anabranch.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Compares stored values with those PostgreSQL gives as JSON, by the type of the column there: as
 * the type defines equality, not as either side happens to write a value.
 */
final class PostgresValues {

  /**
   * Column of a table.
   *
   * @param type PostgreSQL's name, {@code int8}, {@code _text}, ...
   * @param stored DuckDB's name of the type it is to be stored as; empty where several will do
   */
  record Column(String type, String stored) {}

  private PostgresValues() {}

  /**
   * Reads tables and their columns from lines of table, column, type, short type, nullable,
   * precision, scale with tabs between.
   */
  static Map<String, Map<String, Column>> schema(Path file) throws IOException {
    Map<String, Map<String, Column>> tables = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] fields = line.split("\t", -1);
      Column column = new Column(fields[3], stored(fields[3], fields[5], fields[6]));
      tables.computeIfAbsent(fields[0], name -> new LinkedHashMap<>()).put(fields[1], column);
    }

    return tables;
  }

  private static String stored(String type, String precision, String scale) {
    return switch (type) {
      case "int4" -> "INTEGER";
      case "int8" -> "BIGINT";
      case "float8" -> "DOUBLE";
      case "bool" -> "BOOLEAN";
      case "date" -> "DATE";
      case "time" -> "TIME";
      case "timestamp" -> "TIMESTAMP";
      case "timestamptz" -> "TIMESTAMP WITH TIME ZONE";
      case "bytea" -> "BLOB";
      case "text", "varchar", "uuid" -> "VARCHAR";
      case "_text" -> "VARCHAR[]";
      case "_int4" -> "INTEGER[]";
      case "numeric" -> precision.equals("null") ? "" : "DECIMAL(" + precision + "," + scale + ")";
      default -> "";
    };
  }

  static boolean same(String type, JsonNode expected, JsonNode stored) {
    if (expected.isNull() || stored.isNull()) {
      return expected.isNull() == stored.isNull();
    }

    return switch (type) {
      case "numeric" -> Json.same(number(expected), number(stored));
      case "float8" -> sameDouble(expected, stored);
      case "timestamptz" -> text(instant(expected.textValue()), stored);
      case "timestamp" -> text(localInstant(expected.textValue()), stored);
      case "time" ->
          LocalTime.parse(expected.textValue()).equals(LocalTime.parse(stored.textValue()));
      case "bytea" -> text(expected.textValue().substring(2), stored);
      case "jsonb" -> Json.same(expected, Json.parse(stored.textValue()));
      default -> Json.same(expected, stored);
    };
  }

  /** Numeric columns with not-a-number in them are stored as text. */
  private static JsonNode number(JsonNode value) {
    return value.isTextual() && !value.textValue().equals("NaN")
        ? DecimalNode.valueOf(new BigDecimal(value.textValue()))
        : value;
  }

  private static boolean sameDouble(JsonNode expected, JsonNode stored) {
    if (!expected.isNumber() || !stored.isNumber()) {
      return expected.equals(stored);
    }

    return expected.doubleValue() == stored.doubleValue();
  }

  private static boolean text(String expected, JsonNode stored) {
    return TextNode.valueOf(expected).equals(stored);
  }

  private static String instant(String text) {
    return OffsetDateTime.parse(text).toInstant().toString();
  }

  private static String localInstant(String text) {
    return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC).toString().replace("Z", "");
  }
}
