package org.anabranch.transforms.parse;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.ByteReader;
import org.anabranch.model.JsonText;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.source.TableFacts;

/** Parses lines and keeps what came out as text, one entry per call. */
final class RecordedChanges implements ChangeOutput {

  /** Configuration that reads every table with the key each event carries. */
  static final ParseConfig OPEN = config();

  final List<String> calls = new ArrayList<>();
  final List<Position> positions = new ArrayList<>();
  final List<Long> times = new ArrayList<>();
  final List<List<String>> shapes = new ArrayList<>();
  final List<Type[]> types = new ArrayList<>();
  final List<String> keys = new ArrayList<>();
  final List<Map<String, String>> rows = new ArrayList<>();
  final List<String> raws = new ArrayList<>();

  /** Of shards only. */
  final List<String> factValues = new ArrayList<>();

  final List<String> facts = new ArrayList<>();
  private final ChangeParser parser;

  RecordedChanges(ParseConfig config) {
    parser = new ChangeParser(config, this);
  }

  static ParseConfig config(TableSpec... tables) {
    return config(ParseConfig.Others.READ, ParseConfig.Tombstones.IGNORE, tables);
  }

  static ParseConfig config(
      ParseConfig.Others others, ParseConfig.Tombstones tombstones, TableSpec... tables) {
    Map<String, TableSpec> byName = new LinkedHashMap<>();
    for (TableSpec table : tables) {
      byName.put(table.name(), table);
    }

    return new ParseConfig(byName, others, tombstones, ParseConfig.UNAVAILABLE, 8);
  }

  /** The configuration with routes. */
  static ParseConfig routed(ParseConfig config, Route... routes) {
    return new ParseConfig(
        config.tables(),
        config.others(),
        config.tombstones(),
        config.unavailableValue(),
        config.buckets(),
        config.taken(),
        List.of(routes),
        config.limits());
  }

  static TableSpec table(String name, List<String> key, Map<String, String> columns) {
    return new TableSpec(name, key, columns, Set.of(), TableSpec.Form.CHANGES);
  }

  static RecordedChanges parse(ParseConfig config, String... lines) {
    RecordedChanges changes = new RecordedChanges(config);
    for (String line : lines) {
      changes.add(line);
    }

    return changes;
  }

  static RecordedChanges parse(String... lines) {
    return parse(OPEN, lines);
  }

  /** Event of the PostgreSQL table {@code t}, given the op and the row as JSON. */
  static String event(String op, String after) {
    return "{\"before\":null,\"after\":%s,\"source\":%s,\"op\":\"%s\",\"ts_ms\":7}"
        .formatted(after, source("t"), op);
  }

  static String source(String table) {
    return ("{\"connector\":\"postgresql\",\"name\":\"shop\",\"ts_ms\":5,\"db\":\"d\","
            + "\"sequence\":\"[\\\"3\\\",\\\"4\\\"]\",\"table\":\"%s\",\"lsn\":4}")
        .formatted(table);
  }

  static String keyed(String key, String value) {
    return "{\"topic\":\"shop.public.t\",\"key\":%s,\"value\":%s}".formatted(key, value);
  }

  void add(String line) {
    add(line.getBytes(StandardCharsets.UTF_8));
  }

  void add(byte[] line) {
    byte[] padded = new byte[line.length + 20];
    Arrays.fill(padded, (byte) '}');
    System.arraycopy(line, 0, padded, 10, line.length);
    parser.parse("file", 0, 100, padded, 10, line.length);
  }

  void addRecord(String topic, int partition, long offset, String key, String value) {
    addRecord(topic, partition, offset, key, value, RecordHeaders.NONE);
  }

  void addRecord(
      String topic, int partition, long offset, String key, String value, RecordHeaders headers) {
    parser.parseRecord(topic, partition, offset, null, bytes(key), bytes(value), headers);
  }

  /** Adds a record without a key that the log has a time for, in milliseconds. */
  void addTimed(String topic, int partition, long offset, Long timestamp, String value) {
    parser.parseRecord(topic, partition, offset, timestamp, null, bytes(value), RecordHeaders.NONE);
  }

  private static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void image(String table, Position position, long timeMicros, RowImage image) {
    Map<String, String> row = new LinkedHashMap<>();
    byte[] values = image.values().array();
    ByteReader in = new ByteReader(values).reset(values, image.offset(), image.length());
    for (String column : image.columns()) {
      row.put(column, text(in));
    }

    note("image " + table + " " + image.keyColumns() + " " + row, position, timeMicros);
    keys.add(HexFormat.of().formatHex(image.key().toByteArray()));
    shapes.add(image.columns());
    types.add(image.types());
    rows.add(row);
  }

  @Override
  public void noted(String table, String note) {
    calls.add("note " + table + " " + note);
  }

  @Override
  public void leftOut(String table, List<String> columns) {
    calls.add("left out " + table + " " + columns);
  }

  @Override
  public void fact(String table, String kind, String value) {
    if (kind.equals(TableFacts.SHARD)) {
      factValues.add(value);
      facts.add(table + " " + kind + " " + value);
    }
  }

  private static String text(ByteReader in) {
    int tag = in.buffer()[in.position()];
    if (tag == Values.UNAVAILABLE || tag == Values.CARRIED) {
      Values.skip(in);
      return tag == Values.CARRIED ? "CARRIED" : "HOLE";
    }

    Object value = Values.read(in);
    return value == null ? "null" : value.getClass().getSimpleName() + ":" + JsonText.of(value);
  }

  @Override
  public void server(String table, String server) {
    // Told with the position.
  }

  @Override
  public void carried(
      String table, Position position, long timeMicros, byte[] oldKey, byte[] newKey) {
    HexFormat hex = HexFormat.of();
    note(
        "carried " + table + " " + hex.formatHex(oldKey) + " to " + hex.formatHex(newKey),
        position,
        timeMicros);
  }

  @Override
  public void delete(
      String table, Position position, long timeMicros, KeyWriter key, List<String> keyColumns) {
    note("delete " + table + " " + keyColumns, position, timeMicros);
    keys.add(HexFormat.of().formatHex(key.toByteArray()));
  }

  @Override
  public void move(
      String table, Position position, long timeMicros, KeyWriter key, List<String> keyColumns) {
    delete(table, position, timeMicros, key, keyColumns);
  }

  @Override
  public void truncate(String table, Position position, long timeMicros) {
    note("truncate " + table, position, timeMicros);
  }

  @Override
  public void ignored(String table, String reason) {
    calls.add("ignored " + reason);
  }

  @Override
  public void dead(String table, DeadLetterReason reason, String detail, RawRecord record) {
    byte[] raw = record.bytes().array();
    raws.add(new String(raw, record.from(), record.length(), StandardCharsets.UTF_8));
    note(
        "dead " + table + " " + reason.code() + ": " + detail,
        new Position("", 0, 0, 0, record.log(), record.partition(), record.offset()),
        record.timeMicros());
  }

  private void note(String call, Position position, long timeMicros) {
    calls.add(call);
    positions.add(position);
    times.add(timeMicros);
  }
}
