package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.event;
import static org.anabranch.transforms.parse.RecordedChanges.keyed;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.anabranch.transforms.parse.RecordedChanges.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.anabranch.model.Position;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of a log, whose key, value and headers come apart. */
class RecordsTest {

  private static final String TOPIC = "shop.public.t";
  private static final String ROW = "{\"id\":1,\"a\":\"x\"}";
  private static final String IMAGE = "image t [id] {id=Long:1, a=String:\"x\"}";
  private static final ParseConfig KEYED = config(table("t", List.of("id"), Map.of()));
  private static final ParseConfig DELETING =
      config(Others.READ, Tombstones.DELETE, table("t", List.of("id"), Map.of()));

  /** Every line of every case, read as it is and as the record it stands for. */
  @ParameterizedTest
  @EnumSource(Tombstones.class)
  void aRecordMeansWhatItsLineMeans(Tombstones tombstones) throws IOException {
    ParseConfig config =
        config(
            Others.READ,
            tombstones,
            new TableSpec("plain", List.of("id"), Map.of(), Set.of(), TableSpec.Form.ROWS));
    RecordedChanges lines = new RecordedChanges(config);
    RecordedChanges records = new RecordedChanges(config);
    int wrapped = 0;
    for (String line : lines()) {
      JsonNode wrapper = new ObjectMapper().readTree(line);
      if (wrapper.has("topic") && wrapper.has("offset") && wrapper.has("value")) {
        lines.add(line);
        addRecord(records, wrapper, line);
        wrapped++;
      }
    }

    assertTrue(wrapped > 40, "lines with a wrapper: " + wrapped);
    assertEquals(lines.calls, records.calls);
    assertEquals(lines.positions, records.positions);
    assertEquals(lines.times, records.times);
    assertEquals(lines.keys, records.keys);
    assertEquals(lines.rows, records.rows);
    assertEquals(
        lines.types.stream().map(Arrays::toString).toList(),
        records.types.stream().map(Arrays::toString).toList());
  }

  private static List<String> lines() throws IOException {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("test-data/cases"))) {
      directory = directory.getParent();
    }

    try (Stream<Path> files = Files.walk(directory.resolve("test-data/cases"))) {
      List<String> lines = new java.util.ArrayList<>(OF_PLAIN_ROWS);
      for (Path file : files.filter(path -> path.endsWith("input.jsonl")).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }

      return lines;
    }
  }

  private static final List<String> OF_PLAIN_ROWS =
      List.of(
          "{\"topic\":\"plain\",\"partition\":1,\"offset\":3,\"key\":null,\"value\":{\"id\":1}}",
          "{\"topic\":\"plain\",\"partition\":1,\"offset\":4,\"key\":null,\"value\":{\"op\":\"u\","
              + "\"after\":{},\"id\":2,\"value\":7}}",
          "{\"topic\":\"plain\",\"partition\":1,\"offset\":5,\"key\":{\"id\":3},\"value\":null}",
          "{\"topic\":\"plain\",\"partition\":1,\"offset\":6,\"key\":3,\"value\":[1]}",
          "{\"topic\":\"other\",\"partition\":1,\"offset\":7,\"key\":3,\"value\":{\"id\":1}}",
          "{\"topic\":\"plain\",\"partition\":1,\"offset\":8,\"key\":\"3\",\"value\":\"{\\\"id\\\":4}\"}");

  private static void addRecord(RecordedChanges records, JsonNode wrapper, String line)
      throws IOException {
    JsonNode headers = wrapper.path("headers");
    records.addRecord(
        wrapper.get("topic").textValue(),
        wrapper.path("partition").intValue(),
        wrapper.get("offset").longValue(),
        text(line, "key"),
        text(line, "value"),
        headers(headers));
  }

  /** Text of a field as it stands in the line: a tree would change numbers. Null where null is. */
  private static String text(String line, String field) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(line)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isField = parser.currentName().equals(field);
        JsonToken token = parser.nextToken();
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        parser.getText();
        int end = (int) parser.currentLocation().getCharOffset();
        if (isField) {
          return token == JsonToken.VALUE_NULL ? null : line.substring(start, end);
        }
      }
    }

    return null;
  }

  private static RecordHeaders headers(JsonNode headers) {
    return new RecordHeaders() {
      @Override
      public boolean has(String name) {
        return headers.has(name);
      }

      @Override
      public byte[] last(String name) {
        return headers.has(name)
            ? headers.get(name).toString().getBytes(StandardCharsets.UTF_8)
            : null;
      }
    };
  }

  @Test
  void theCoordinateIsThatOfTheRecord() {
    RecordedChanges changes = new RecordedChanges(KEYED);
    changes.addRecord(TOPIC, 7, 42, "{\"id\":1}", event("c", ROW));
    assertEquals(List.of(IMAGE), changes.calls);
    assertEquals(
        new Position("postgresql:shop:d", 3, 4, 0, TOPIC, 7, 42), changes.positions.get(0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "order-1",
        "{\"id\":1",
        "{\"id\":1} x",
        "\"open",
        "",
        "tru",
        "1-2",
        "\u0000\u0001"
      })
  void aKeyThatIsNoJsonIsNone(String key) {
    RecordedChanges changes = new RecordedChanges(KEYED);
    changes.addRecord(TOPIC, 0, 1, key, event("c", ROW));
    changes.addRecord(
        TOPIC, 0, 2, key, event("d", "null").replace("\"before\":null", "\"before\":" + ROW));
    assertEquals(List.of(IMAGE, "delete t [id]"), changes.calls);
    RecordedChanges open = new RecordedChanges(RecordedChanges.OPEN);
    open.addRecord(TOPIC, 0, 1, key, event("c", ROW));
    assertEquals(
        List.of("dead t missing-key: the event has no key; columns are id, a"), open.calls);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "not json", "{\"op\":\"c\"", "{} {}", "{},\"key\":{\"id\":2}}", "\"open"})
  void aBrokenValueIsDeadAndSpillsNowhere(String value) {
    RecordedChanges changes = new RecordedChanges(KEYED);
    changes.addRecord(TOPIC, 0, 1, "{\"id\":1}", event("c", ROW));
    changes.addRecord(TOPIC, 0, 2, "{\"id\":1}", value);
    changes.addRecord(TOPIC, 0, 3, "{\"id\":1}", event("u", ROW));
    assertEquals(3, changes.calls.size());
    assertEquals(IMAGE, changes.calls.get(0));
    assertTrue(changes.calls.get(1).startsWith("dead null invalid-json: no valid JSON at byte "));
    assertEquals(IMAGE, changes.calls.get(2));
    assertEquals(new Position("", 0, 0, 0, TOPIC, 0, 2), changes.positions.get(1));
    assertEquals(List.of(value), changes.raws);
  }

  @Test
  void invalidUtf8IsDead() {
    RecordedChanges changes = new RecordedChanges(KEYED);
    byte[] value = "{\"a\":\"?\"}".getBytes(StandardCharsets.UTF_8);
    value[6] = (byte) 0xC3;
    new ChangeParser(KEYED, changes)
        .parseRecord(TOPIC, 0, 1, null, null, value, RecordHeaders.NONE);
    assertTrue(changes.calls.get(0).startsWith("dead null invalid-json"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "[1]", "\"x\"", "true"})
  void aValueThatIsNoObjectIsDead(String value) {
    RecordedChanges changes = new RecordedChanges(KEYED);
    changes.addRecord(TOPIC, 0, 1, null, value);
    assertEquals(
        List.of("dead null not-an-event: the value is neither an object nor null"), changes.calls);
  }

  @Test
  void aValueThatIsAWrapperIsNotUnwrapped() {
    RecordedChanges changes = new RecordedChanges(KEYED);
    changes.addRecord(TOPIC, 0, 1, null, keyed("{\"id\":1}", event("c", ROW)));
    assertEquals(List.of("dead null not-an-event: the object has no operation"), changes.calls);
  }

  @Test
  void withoutAValueTheRowIsGoneOrItsDeleteRepeated() {
    RecordedChanges deleting = new RecordedChanges(DELETING);
    deleting.addRecord(TOPIC, 0, 1, "{\"id\":1}", null);
    assertEquals(List.of("delete t [id]"), deleting.calls);
    assertEquals(parse(DELETING, keyed("{\"id\":1}", "null")).keys, deleting.keys);
    RecordedChanges ignoring = new RecordedChanges(KEYED);
    ignoring.addRecord(TOPIC, 0, 1, "{\"id\":1}", null);
    assertEquals(List.of("ignored tombstone"), ignoring.calls);
  }

  @Test
  void aTombstoneWithoutAUsableKeyIsDeadWithTheBytesOfItsKey() {
    RecordedChanges changes = new RecordedChanges(DELETING);
    changes.addRecord(TOPIC, 0, 1, "order-1", null);
    changes.addRecord(TOPIC, 0, 2, null, null);
    assertEquals(
        List.of(
            "dead t missing-key: key column id must have a value",
            "dead t missing-key: key column id must have a value"),
        changes.calls);
    assertEquals(List.of("order-1", ""), changes.raws);
  }

  @Test
  void theOldKeyComesFromItsHeader() {
    String row = "{\"id\":1,\"a\":\"" + ParseConfig.UNAVAILABLE + "\"}";
    String line = keyed("{\"id\":1}", event("c", row));
    List<String> expected =
        parse(line.replace("\"value\"", "\"headers\":{\"__debezium.oldkey\":{\"id\":9}},\"value\""))
            .calls;
    assertTrue(expected.get(1).startsWith("carried t "));
    String schema = "{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"field\":\"id\"}]}";
    for (String header :
        List.of(
            "{\"id\":9}",
            " {\"id\":9}",
            "{\"schema\":" + schema + ",\"payload\":{\"id\":9}}",
            "\"{\\\"id\\\":9}\"")) {
      RecordedChanges changes = new RecordedChanges(RecordedChanges.OPEN);
      changes.addRecord(
          TOPIC, 0, 1, "{\"id\":1}", event("c", row), header("__debezium.oldkey", header));
      assertEquals(expected, changes.calls, header);
    }
  }

  @Test
  void anOldKeyThatIsNoObjectIsOfNoUse() {
    RecordedChanges changes = new RecordedChanges(KEYED);
    RecordHeaders headers = header("__debezium.oldkey", "Struct{id=9}");
    changes.addRecord(TOPIC, 0, 1, "{\"id\":1}", event("c", ROW), headers);
    assertEquals(List.of(IMAGE), changes.calls);
  }

  @Test
  void aBrokenOldKeyIsDeadWithTheValue() {
    RecordedChanges changes = new RecordedChanges(KEYED);
    String value = event("c", ROW);
    changes.addRecord(TOPIC, 0, 1, "{\"id\":1}", value, header("__debezium.oldkey", "{\"id\":"));
    assertEquals(
        List.of("dead null invalid-json: no valid JSON at byte 6 of the header __debezium.oldkey"),
        changes.calls);
    assertEquals(List.of(value), changes.raws);
  }

  @Test
  void theHeaderOfANewKeyMakesTheDeleteAMove() {
    boolean[] isMoved = new boolean[1];
    ChangeCollector collector =
        new ChangeCollector(
            KEYED.buckets(),
            0,
            (bucket, batch) -> {
              org.anabranch.model.RowBatch.Reader reader =
                  new org.anabranch.model.RowBatch.Reader(batch);
              reader.next();
              isMoved[0] = reader.kind() == org.anabranch.model.RowBatch.MOVE;
            });
    new ChangeParser(KEYED, collector)
        .parseRecord(
            TOPIC,
            0,
            1,
            null,
            "{\"id\":1}".getBytes(StandardCharsets.UTF_8),
            event("d", "null").getBytes(StandardCharsets.UTF_8),
            header("__debezium.newkey", "{\"id\":2}"));
    collector.finish();
    assertTrue(isMoved[0]);
  }

  private static RecordHeaders header(String name, String value) {
    return new RecordHeaders() {
      @Override
      public boolean has(String wanted) {
        return wanted.equals(name);
      }

      @Override
      public byte[] last(String wanted) {
        return wanted.equals(name) ? value.getBytes(StandardCharsets.UTF_8) : null;
      }
    };
  }
}
