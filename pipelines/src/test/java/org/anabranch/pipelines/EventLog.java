package org.anabranch.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a captured file whose lines stand in commit order, found the plainest way:
 * event by event, one table in a map. Knows which columns the newest image of each row has, which
 * is what can be known of the row, and the row's history.
 */
final class EventLog {

  private static final JsonNode UNAVAILABLE = TextNode.valueOf("__debezium_unavailable_value");
  private static final JsonNode UNAVAILABLE_BYTES =
      TextNode.valueOf("X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==");

  /** A version of a row: valid from and, unless it still is, to; in microseconds. */
  static final class Chapter {

    final String key;
    final long from;
    final ObjectNode row;
    @Nullable Long to;

    Chapter(String key, long from, ObjectNode row) {
      this.key = key;
      this.from = from;
      this.row = row;
    }
  }

  /** A table as far as it has been read. */
  static final class Table {

    /** Names of the key's columns. */
    List<String> key = List.of();

    /** Newest image of every row by key, as it was sent. */
    final Map<String, ObjectNode> images = new LinkedHashMap<>();

    /** Versions of all rows that ever were. */
    final List<Chapter> chapters = new ArrayList<>();

    /** Events without a key: nothing can be known from them. */
    int keyless;

    private final Map<String, Chapter> open = new HashMap<>();
    private final Map<String, ObjectNode> last = new HashMap<>();
    private final Map<String, Long> clock = new HashMap<>();
  }

  private final Map<String, Table> tables = new LinkedHashMap<>();
  private int lines;

  static EventLog read(Path file) throws IOException {
    EventLog log = new EventLog();
    for (JsonNode line : Json.readLines(file)) {
      log.lines++;
      JsonNode value = payload(line.path("value"));
      String op = value.path("op").asText("");
      if (!op.isEmpty() && !op.equals("m")) {
        log.add(value, op, payload(line.path("key")), oldKey(line));
      }
    }

    return log;
  }

  /** A value without the schema that may stand beside it. */
  private static JsonNode payload(JsonNode value) {
    return value.has("schema") && value.has("payload") ? value.get("payload") : value;
  }

  private static JsonNode oldKey(JsonNode line) {
    JsonNode header = line.path("headers").path("__debezium.oldkey");
    return header.isTextual() ? payload(Json.parse(header.textValue())) : header;
  }

  private void add(JsonNode value, String op, JsonNode key, JsonNode oldKey) {
    JsonNode source = value.get("source");
    Table table = tables.computeIfAbsent(source.get("table").textValue(), name -> new Table());
    long micros = source.get("ts_us").longValue();
    if (op.equals("t")) {
      List.copyOf(table.images.keySet()).forEach(gone -> remove(table, gone, micros));
      return;
    }

    if (!key.isObject()) {
      table.keyless++;
      return;
    }

    table.key = key.properties().stream().map(Map.Entry::getKey).toList();
    String name = StoredTable.key(key, table.key);
    if (op.equals("d")) {
      remove(table, name, micros);
      return;
    }

    String origin = oldKey.isObject() ? StoredTable.key(oldKey, table.key) : name;
    put(table, name, origin, (ObjectNode) value.get("after"), micros);
  }

  private static void remove(Table table, String key, long micros) {
    table.images.remove(key);
    Chapter chapter = table.open.remove(key);
    if (chapter != null) {
      chapter.to = now(table, key, micros);
    }
  }

  /** The server's clock may step back; a row's history does not. */
  private static long now(Table table, String key, long micros) {
    return table.clock.merge(key, micros, Math::max);
  }

  private static void put(Table table, String key, String origin, ObjectNode image, long micros) {
    ObjectNode row = image.deepCopy();
    ObjectNode before = table.last.get(origin);
    image
        .properties()
        .forEach(
            field -> {
              if (isUnavailable(field.getValue())) {
                row.set(field.getKey(), before.get(field.getKey()));
              }
            });
    table.images.put(key, image);
    table.last.put(key, row);
    long from = now(table, key, micros);
    Chapter open = table.open.get(key);
    if (open != null && withoutNulls(open.row).equals(withoutNulls(row))) {
      return;
    }

    if (open != null) {
      open.to = from;
    }

    Chapter chapter = new Chapter(key, from, row);
    table.open.put(key, chapter);
    table.chapters.add(chapter);
  }

  private static boolean isUnavailable(JsonNode value) {
    return value.equals(UNAVAILABLE)
        || value.equals(UNAVAILABLE_BYTES)
        || (value.isArray() && value.path(0).equals(UNAVAILABLE));
  }

  private static ObjectNode withoutNulls(ObjectNode row) {
    ObjectNode known = row.deepCopy();
    row.properties()
        .forEach(
            field -> {
              if (field.getValue().isNull()) {
                known.remove(field.getKey());
              }
            });
    return known;
  }

  int lines() {
    return lines;
  }

  Table table(String name) {
    return tables.getOrDefault(name, new Table());
  }
}
