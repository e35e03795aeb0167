package org.anabranch.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A stored table as DuckDB reads its files, which shares no code with the writer.
 *
 * @param types DuckDB's names of the columns' types, in the order of the columns
 * @param rows values as JSON: bytes in hexadecimal, dates and times in ISO 8601, timestamps with
 *     seconds and, where they have a time zone, in UTC with a Z
 */
record StoredTable(Map<String, String> types, List<ObjectNode> rows) {

  /** Begins the names of columns that are not the source's. */
  static final String METADATA = "_ab_";

  private static final String INSTANT = "TIMESTAMP WITH TIME ZONE";

  /** The current version of a table of a warehouse. */
  static StoredTable of(Path warehouse, String table) throws IOException, SQLException {
    return read(Exported.files(warehouse, table).stream().map(Path::toString).toList());
  }

  private static StoredTable read(List<String> files) throws SQLException {
    if (files.isEmpty()) {
      return new StoredTable(Map.of(), List.of());
    }

    String source =
        files.stream()
            .map(file -> "'" + file.replace("'", "''") + "'")
            .collect(Collectors.joining(", ", "read_parquet([", "])"));
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      Map<String, String> types = new LinkedHashMap<>();
      try (ResultSet described = statement.executeQuery("DESCRIBE SELECT * FROM " + source)) {
        while (described.next()) {
          types.put(described.getString(1), described.getString(2));
        }
      }

      String columns =
          types.entrySet().stream()
              .map(column -> text(column.getKey(), column.getValue()))
              .collect(Collectors.joining(", "));
      List<ObjectNode> rows = new ArrayList<>();
      try (ResultSet found = statement.executeQuery("SELECT " + columns + " FROM " + source)) {
        while (found.next()) {
          rows.add(row(types, found));
        }
      }

      return new StoredTable(types, rows);
    }
  }

  /** Expression for the text that {@link #value} reads. */
  private static String text(String column, String type) {
    String name = '"' + column.replace("\"", "\"\"") + '"';
    if (type.endsWith("]")) {
      return "CAST(to_json(" + name + ") AS VARCHAR)";
    }

    return switch (type) {
      case "TIMESTAMP", INSTANT -> "CAST(epoch_us(" + name + ") AS VARCHAR)";
      case "BLOB" -> "lower(hex(" + name + "))";
      default -> "CAST(" + name + " AS VARCHAR)";
    };
  }

  private static ObjectNode row(Map<String, String> types, ResultSet found) throws SQLException {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    int column = 0;
    for (Map.Entry<String, String> type : types.entrySet()) {
      String text = found.getString(++column);
      row.set(type.getKey(), text == null ? NullNode.instance : value(type.getValue(), text));
    }

    return row;
  }

  private static JsonNode value(String type, String text) {
    if (type.endsWith("]")) {
      return Json.parse(text);
    }

    if (type.startsWith("DECIMAL")) {
      return DecimalNode.valueOf(new BigDecimal(text));
    }

    return switch (type) {
      case "BOOLEAN" -> BooleanNode.valueOf(Boolean.parseBoolean(text));
      case "INTEGER", "BIGINT" -> DecimalNode.valueOf(new BigDecimal(text));
      case "DOUBLE" -> number(text);
      case "TIMESTAMP" -> TextNode.valueOf(instant(text).replace("Z", ""));
      case INSTANT -> TextNode.valueOf(instant(text));
      default -> TextNode.valueOf(text);
    };
  }

  private static JsonNode number(String text) {
    return switch (text) {
      case "nan" -> TextNode.valueOf("NaN");
      case "inf" -> TextNode.valueOf("Infinity");
      case "-inf" -> TextNode.valueOf("-Infinity");
      default -> DecimalNode.valueOf(new BigDecimal(text));
    };
  }

  private static String instant(String micros) {
    return Instant.EPOCH.plus(Long.parseLong(micros), ChronoUnit.MICROS).toString();
  }

  /** Names of the source's columns. */
  List<String> columns() {
    return types.keySet().stream().filter(name -> !name.startsWith(METADATA)).toList();
  }

  /** Rows by the values of these columns; a key that is there twice fails the test. */
  Map<String, ObjectNode> byKey(List<String> key) {
    Map<String, ObjectNode> rows = new LinkedHashMap<>();
    for (ObjectNode row : rows()) {
      ObjectNode before = rows.put(key(row, key), row);
      if (before != null) {
        throw new AssertionError("key " + key(row, key) + " is stored twice");
      }
    }

    return rows;
  }

  /** Text of a row's key. */
  static String key(JsonNode row, List<String> key) {
    return key.stream()
        .map(
            column -> {
              JsonNode value = row.path(column);
              return value.isNumber()
                  ? value.decimalValue().stripTrailingZeros().toPlainString()
                  : value.asText();
            })
        .collect(Collectors.joining("/"));
  }
}
