package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.event;
import static org.anabranch.transforms.parse.RecordedChanges.keyed;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.anabranch.transforms.parse.RecordedChanges.source;
import static org.anabranch.transforms.parse.RecordedChanges.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.Position;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeParserTest {

  private static final String UNAVAILABLE = "__debezium_unavailable_value";
  private static final String ROW = "{\"id\":1,\"a\":\"x\"}";
  private static final String IMAGE = "image t [id] {id=Long:1, a=String:\"x\"}";
  private static final ParseConfig KEYED = config(table("t", List.of("id"), Map.of()));

  @ParameterizedTest
  @ValueSource(strings = {"c", "r", "u"})
  void createReadAndUpdateGiveTheImage(String op) {
    assertEquals(List.of(IMAGE), parse(keyed("{\"id\":1}", event(op, ROW))).calls);
  }

  @Test
  void bareEventTakesItsDeclaredKeyFromTheRow() {
    assertEquals(List.of(IMAGE), parse(KEYED, event("c", ROW)).calls);
  }

  @Test
  void fieldsMayComeInAnyOrder() {
    String line =
        "{\"value\":{\"op\":\"c\",\"source\":%s,\"after\":%s},\"offset\":9,\"key\":{\"id\":1},"
            + "\"partition\":2,\"topic\":\"shop.t\"}";
    RecordedChanges changes = parse(line.formatted(source("t"), ROW));
    assertEquals(List.of(IMAGE), changes.calls);
    assertEquals(
        new Position("postgresql:shop:d", 3, 4, 0, "shop.t", 2, 9), changes.positions.get(0));
  }

  @Test
  void valueAndKeyMayBeTextOfJson() {
    String value = event("c", ROW).replace("\\", "\\\\").replace("\"", "\\\"");
    assertEquals(List.of(IMAGE), parse(keyed("\"{\\\"id\\\":1}\"", "\"" + value + "\"")).calls);
  }

  @Test
  void keyMayStandInAnEnvelopeInEitherOrder() {
    String schema = "{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"field\":\"id\"}]}";
    assertEquals(
        List.of(IMAGE, IMAGE),
        parse(
                keyed("{\"schema\":" + schema + ",\"payload\":{\"id\":1}}", event("c", ROW)),
                keyed("{\"payload\":{\"id\":1},\"schema\":" + schema + "}", event("c", ROW)))
            .calls);
  }

  @Test
  void keyColumnsMayBeCalledSchemaOrPayload() {
    assertEquals(
        List.of("delete t [id, schema]"),
        parse(keyed("{\"schema\":\"s\",\"id\":1}", event("d", "null"))).calls);
    assertEquals(
        List.of("delete t [payload]"),
        parse(keyed("{\"payload\":\"s\"}", event("d", "null"))).calls);
  }

  @Test
  void singleValueKeyStandsForTheOnlyDeclaredColumn() {
    assertEquals(List.of("delete t [id]"), parse(KEYED, keyed("17", event("d", "null"))).calls);
  }

  @Test
  void deleteTakesItsDeclaredKeyFromTheRowBefore() {
    String line = event("d", "null").replace("\"before\":null", "\"before\":" + ROW);
    RecordedChanges changes = parse(KEYED, line);
    assertEquals(List.of("delete t [id]"), changes.calls);
    assertEquals(parse(KEYED, event("c", ROW)).keys, changes.keys);
  }

  @Test
  void deleteWithoutAnyKeyIsDead() {
    assertEquals(
        List.of("dead t delete-without-key: the event has no key"),
        parse(event("d", "null").replace("\"before\":null", "\"before\":" + ROW)).calls);
  }

  @Test
  void imageWithoutKeyIsDead() {
    assertEquals(
        List.of("dead t missing-key: the event has no key; columns are id, a"),
        parse(event("c", ROW)).calls);
    assertEquals(
        List.of("dead t missing-key: the event has no key; columns are id, a"),
        parse(keyed("{}", event("c", ROW))).calls);
  }

  /** Else the rows would depend on whether an event with a key was in an earlier run. */
  @Test
  void theKeyATableIsStoredByGivesNoKeyToAnEventWithoutOne() {
    ParseConfig stored = config(TableSpec.named("t").withStoredKey(List.of("id")));
    assertEquals(
        List.of("dead t missing-key: the event has no key; columns are id, a"),
        parse(stored, event("c", ROW)).calls);
    assertEquals(
        List.of("dead t delete-without-key: the event has no key"),
        parse(stored, event("d", "null").replace("\"before\":null", "\"before\":" + ROW)).calls);
  }

  @Test
  void theKeyATableIsStoredBySaysWhichColumnsAKeyStandsFor() {
    ParseConfig stored = config(TableSpec.named("t").withStoredKey(List.of("id")));
    assertEquals(List.of(IMAGE), parse(stored, keyed("{\"id\":1,\"x\":2}", event("c", ROW))).calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"" + UNAVAILABLE + "\""})
  void keyColumnWithoutAValueIsDead(String value) {
    assertEquals(
        List.of("dead t missing-key: key column id must have a value"),
        parse(KEYED, event("c", "{\"id\":" + value + "}")).calls);
  }

  @Test
  void truncateNeedsNoKey() {
    assertEquals(List.of("truncate t"), parse(keyed("null", event("t", "null"))).calls);
  }

  @Test
  void imageWithoutRowIsDead() {
    assertEquals(
        List.of("dead t missing-image: the event has no row after the change"),
        parse(keyed("{\"id\":1}", event("u", "null"))).calls);
  }

  @Test
  void unknownOperationIsDead() {
    assertEquals(
        List.of("dead t unknown-op: the operation must be one of c, r, u, d, t, m"),
        parse(keyed("{\"id\":1}", event("x", ROW))).calls);
    assertEquals(
        List.of("dead t unknown-op: the operation must be one of c, r, u, d, t, m"),
        parse(keyed("{\"id\":1}", event("create", ROW))).calls);
  }

  @Test
  void eventWithoutOperationIsDead() {
    assertEquals(
        List.of("dead null not-an-event: the object has no operation"),
        parse("{\"after\":" + ROW + ",\"source\":" + source("t") + "}").calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "[1]", "\"x\"", "null", "{\"value\":3}", "{\"value\":\"x\"}"})
  void jsonThatIsNoObjectIsDead(String line) {
    assertEquals(
        List.of("dead null not-an-event: the value is neither an object nor null"),
        parse(line).calls);
  }

  @Test
  void whatIsNoChangeIsIgnored() {
    assertEquals(
        List.of(
            "ignored blank",
            "ignored blank",
            "ignored transaction",
            "ignored message",
            "ignored heartbeat",
            "ignored schema-change",
            "ignored tombstone"),
        parse(
                "",
                " \t\r",
                "{\"value\":{\"status\":\"END\",\"id\":\"1:2\",\"event_count\":1,\"ts_ms\":3}}",
                "{\"value\":{\"op\":\"m\",\"source\":" + source("") + "}}",
                "{\"value\":{\"ts_ms\":12}}",
                "{\"value\":{\"source\":" + source("") + ",\"ddl\":\"drop table t\"}}",
                keyed("{\"id\":1}", "null"))
            .calls);
  }

  @Test
  void tableComesFromTheTopicWhereTheSourceDoesNotSay() {
    String event = "{\"after\":%s,\"op\":\"c\"}".formatted(ROW);
    assertEquals(List.of(IMAGE), parse(keyed("{\"id\":1}", event)).calls);
    assertEquals(List.of("dead null not-an-event: the event names no table"), parse(event).calls);
  }

  @Test
  void otherTablesCanBeIgnored() {
    ParseConfig config =
        config(ParseConfig.Others.IGNORE, ParseConfig.Tombstones.IGNORE, TableSpec.named("u"));
    assertEquals(
        List.of("ignored other-table"), parse(config, keyed("{\"id\":1}", event("c", ROW))).calls);
  }

  @Test
  void tombstoneCanBeTheDelete() {
    ParseConfig config =
        config(ParseConfig.Others.READ, ParseConfig.Tombstones.DELETE, new TableSpec[0]);
    RecordedChanges changes =
        parse(
            config,
            "{\"topic\":\"shop.t\",\"offset\":8,\"key\":{\"id\":1},\"value\":null}",
            keyed("{\"id\":1}", event("c", ROW)));
    assertEquals(List.of("delete t [id]", IMAGE), changes.calls);
    assertEquals(new Position("", 0, 0, 0, "shop.t", 0, 8), changes.positions.get(0));
    assertEquals(new Position("", 0, 0, 0, "file", 0, 100), changes.positions.get(1));
  }

  @Test
  void mysqlIsOrderedByTheNumberOfTheFile() {
    String source =
        "{\"connector\":\"mysql\",\"name\":\"m\",\"db\":\"i\",\"table\":\"t\",\"ts_ms\":0,"
            + "\"file\":\"bin.1000000\",\"pos\":1442,\"row\":1}";
    RecordedChanges changes =
        parse(
            KEYED, "{\"after\":%s,\"source\":%s,\"op\":\"c\",\"ts_ms\":9}".formatted(ROW, source));
    assertEquals(
        new Position("mysql:m:i", 1_000_000, 1442, 0, "file", 0, 100), changes.positions.get(0));
    assertEquals(0, changes.times.get(0));
  }

  @Test
  void eventThatNoConnectorMadeIsOrderedByTheLog() {
    String source = "{\"name\":\"m\",\"db\":\"i\",\"table\":\"t\",\"file\":\"bin.3\",\"pos\":7}";
    RecordedChanges changes =
        parse(
            KEYED, "{\"after\":%s,\"source\":%s,\"op\":\"c\",\"ts_ms\":9}".formatted(ROW, source));
    assertEquals(new Position("", 0, 0, 0, "file", 0, 100), changes.positions.get(0));
    assertEquals(9000, changes.times.get(0));
  }

  @Test
  void snapshotRowHasNoLastCommit() {
    RecordedChanges changes = parse(KEYED, event("r", ROW).replace("[\\\"3\\\",", "[null,"));
    assertEquals(
        new Position("postgresql:shop:d", 0, 4, 0, "file", 0, 100), changes.positions.get(0));
  }

  @Test
  void microsecondsOfTheSourceAreTheTime() {
    assertEquals(
        List.of(5000L, 6L),
        parse(
                KEYED,
                event("c", ROW),
                event("c", ROW).replace("\"ts_ms\":5", "\"ts_us\":6,\"ts_ms\":5"))
            .times);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"__debezium_unavailable_value\"",
        "\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\"",
        "[\"__debezium_unavailable_value\"]",
        "[\"X19kZWJleml1bV91bmF2YWlsYWJsZV92YWx1ZQ==\"]",
        "[95,95,100,101,98,101,122,105,117,109,95,117,110,97,118,97,105,108,97,98,108,101,95,118,"
            + "97,108,117,101]",
        "{\"__debezium_unavailable_value\":\"__debezium_unavailable_value\"}"
      })
  void placeholderIsAHoleInEveryForm(String value) {
    assertEquals(
        List.of("image t [id] {id=Long:1, a=HOLE, b=Long:2}"),
        parse(KEYED, event("u", "{\"id\":1,\"a\":" + value + ",\"b\":2}")).calls);
  }

  @Test
  void holesOfAChangedKeyAreCarriedFromTheOldKey() {
    String value = event("c", "{\"id\":2,\"a\":\"" + UNAVAILABLE + "\"}");
    String line = "{\"key\":{\"id\":2},\"value\":%s,\"headers\":%s}";
    String text = "{\"__debezium.oldkey\":\"{\\\"id\\\":1}\"}";
    String list = "[{\"value\":\"{\\\"id\\\":1}\",\"key\":\"__debezium.oldkey\"}]";
    String enveloped =
        "{\"__debezium.oldkey\":\"{\\\"schema\\\":{\\\"type\\\":\\\"struct\\\"},"
            + "\\\"payload\\\":{\\\"id\\\":1}}\"}";
    for (String headers : List.of(text, list, enveloped)) {
      assertEquals(
          List.of(
              "image t [id] {id=Long:2, a=CARRIED}",
              "carried t 038000000000000001 to 038000000000000002"),
          parse(line.formatted(value, headers)).calls);
    }
  }

  @Test
  void changedKeyWithoutHolesCarriesNothing() {
    String line =
        "{\"key\":{\"id\":1},\"headers\":{\"__debezium.oldkey\":\"{\\\"id\\\":3}\"},\"value\":%s}";
    assertEquals(List.of(IMAGE), parse(line.formatted(event("c", ROW))).calls);
  }

  @Test
  void lastOfTwoFieldsWithTheSameNameWins() {
    assertEquals(
        List.of("image t [id] {id=Long:1, a=Long:3, b=Long:2}"),
        parse(KEYED, event("c", "{\"id\":1,\"a\":1,\"b\":2,\"a\":3}")).calls);
  }

  @Test
  void equalShapesShareTheirList() {
    String other = "{\"id\":1,\"b\":\"x\"}";
    RecordedChanges changes =
        parse(KEYED, event("c", ROW), event("c", other), event("u", ROW), event("u", other));
    assertSame(changes.shapes.get(0), changes.shapes.get(2));
    assertSame(changes.shapes.get(1), changes.shapes.get(3));
    assertNotSame(changes.shapes.get(0), changes.shapes.get(1));
  }

  @Test
  void requiredColumnMustHaveAValue() {
    TableSpec table =
        new TableSpec("t", List.of("id"), Map.of(), Set.of("a"), TableSpec.Form.CHANGES);
    assertEquals(
        List.of(
            "dead t missing-column: column a must have a value",
            "dead t missing-column: column a must have a value",
            IMAGE),
        parse(
                config(table),
                event("c", "{\"id\":1}"),
                event("c", "{\"id\":1,\"a\":null}"),
                event("c", ROW))
            .calls);
  }

  @Test
  void deadLetterKeepsTheCoordinateOfTheRecord() {
    RecordedChanges changes =
        parse("{\"topic\":\"shop.t\",\"partition\":4,\"offset\":5,\"value\":{}}", "{\"a\":1}");
    assertEquals(new Position("", 0, 0, 0, "shop.t", 4, 5), changes.positions.get(0));
    assertEquals(new Position("", 0, 0, 0, "file", 0, 100), changes.positions.get(1));
  }
}
