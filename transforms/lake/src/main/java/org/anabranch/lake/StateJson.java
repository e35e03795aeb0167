package org.anabranch.lake;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.model.Schema;
import org.anabranch.transforms.source.TableFacts;
import org.apache.iceberg.util.JsonUtil;

/**
 * JSON of a {@link TableState}. Format, version 2:
 *
 * <pre>{@code
 * {
 *   "version": 2,
 *   "buckets": 8,
 *   "keyForm": 2,
 *   "key": ["id"],
 *   "columns": ["id\tbigint\t0"],
 *   "segments": [{"bucket": 0, "path": "/.../kept.bin", "records": 3, "bytes": 120}],
 *   "tokens": ["ab0..."],
 *   "progress": {"log:orders/0": 120},
 *   "counters": {"conflicts": 1},
 *   "facts": ["fact\tsource\tpostgresql:shop:shop.public"]
 * }
 * }</pre>
 *
 * A column is its name, its type and its ordinal, separated by tabs. Members a reader does not know
 * are to be ignored; a greater version is not to be read. Version 1 has no {@code keyForm}: keys of
 * other columns than integers and UUIDs are of form 1.
 */
final class StateJson {

  /** Version 1 had neither facts nor a form of the keys. */
  private static final int VERSION = 2;

  static final String FACTS = "facts";
  private static final String KEY_FORM = "keyForm";

  private StateJson() {}

  static String write(TableState state) {
    return JsonUtil.generate(json -> write(json, state), false);
  }

  private static void write(JsonGenerator json, TableState state) throws IOException {
    json.writeStartObject();
    json.writeNumberField("version", VERSION);
    json.writeNumberField("buckets", state.buckets());
    json.writeNumberField(KEY_FORM, state.keyForm());
    JsonUtil.writeStringArray("key", state.key(), json);
    JsonUtil.writeStringArray("columns", state.columns(), json);
    writeSegments(json, state.segments());
    JsonUtil.writeStringArray("tokens", state.tokens(), json);
    writeNumbers(json, "progress", state.progress());
    writeNumbers(json, "counters", state.counters());
    JsonUtil.writeStringArray(FACTS, state.facts().toText(), json);
    json.writeEndObject();
  }

  static void writeSegments(JsonGenerator json, List<Segment> segments) throws IOException {
    json.writeArrayFieldStart("segments");
    for (Segment segment : segments) {
      json.writeStartObject();
      json.writeNumberField("bucket", segment.bucket());
      json.writeStringField("path", segment.path());
      json.writeNumberField("records", segment.records());
      json.writeNumberField("bytes", segment.bytes());
      json.writeEndObject();
    }

    json.writeEndArray();
  }

  static void writeNumbers(JsonGenerator json, String name, Map<String, Long> numbers)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Long> entry : numbers.entrySet()) {
      json.writeNumberField(entry.getKey(), entry.getValue());
    }

    json.writeEndObject();
  }

  /**
   * Reverse of {@link #write(TableState)}.
   *
   * @throws IllegalStateException for a greater version
   */
  static TableState read(String text) {
    return JsonUtil.parse(text, StateJson::read);
  }

  private static TableState read(JsonNode json) {
    int version = JsonUtil.getInt("version", json);
    if (version > VERSION) {
      throw new IllegalStateException(
          "a table was written with version "
              + version
              + " of its state, but this program reads up to "
              + VERSION
              + "; go on with the newer program");
    }

    List<String> key = JsonUtil.getStringList("key", json);
    Schema schema = Columns.fromText(JsonUtil.getStringList("columns", json));
    return new TableState(
        JsonUtil.getInt("buckets", json),
        json.has(KEY_FORM) ? JsonUtil.getInt(KEY_FORM, json) : TableState.keyFormOfOld(key, schema),
        key,
        schema,
        segments(json),
        JsonUtil.getStringList("tokens", json),
        numbers(json, "progress"),
        numbers(json, "counters"),
        TableFacts.fromText(facts(json)));
  }

  /** Facts as text; none where an earlier program wrote. */
  static List<String> facts(JsonNode json) {
    return json.has(FACTS) ? JsonUtil.getStringList(FACTS, json) : List.of();
  }

  static List<Segment> segments(JsonNode json) {
    List<Segment> segments = new ArrayList<>();
    for (JsonNode segment : JsonUtil.get("segments", json)) {
      segments.add(
          new Segment(
              JsonUtil.getInt("bucket", segment),
              JsonUtil.getString("path", segment),
              JsonUtil.getLong("records", segment),
              JsonUtil.getLong("bytes", segment)));
    }

    return segments;
  }

  static Map<String, Long> numbers(JsonNode json, String name) {
    Map<String, Long> numbers = new TreeMap<>();
    JsonUtil.get(name, json)
        .fields()
        .forEachRemaining(entry -> numbers.put(entry.getKey(), entry.getValue().asLong()));
    return numbers;
  }
}
