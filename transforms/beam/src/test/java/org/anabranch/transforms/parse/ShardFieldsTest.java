package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.OPEN;
import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.event;
import static org.anabranch.transforms.parse.RecordedChanges.keyed;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.anabranch.transforms.parse.RecordedChanges.routed;
import static org.anabranch.transforms.parse.RecordedChanges.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.Route.Column;
import org.anabranch.transforms.parse.Route.Use;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields that a router adds to the keys of events, and not to their rows. */
class ShardFieldsTest {

  private static final String ROUTER = "__dbz__physicalTableIdentifier";
  private static final String ROW = "{\"id\":1,\"a\":\"x\"}";
  private static final String IMAGE = "image t [id] {id=Long:1, a=String:\"x\"}";

  private static String key(String field, String value) {
    return "{\"%s\":%s,\"id\":1}".formatted(field, value);
  }

  private static String delete(String before) {
    return event("d", "null").replace("\"before\":null", "\"before\":" + before);
  }

  @ParameterizedTest
  @ValueSource(strings = {ROUTER, "shard", "a shard"})
  void aFieldThatNoRowHasIsLeftOutOfTheKeyAndItsValueIsTold(String field) {
    RecordedChanges changes =
        parse(
            keyed(key(field, "\"s.t1\""), event("c", ROW)),
            keyed(key(field, "\"s.t1\""), delete(ROW)),
            keyed("{\"id\":1}", event("d", "null")));
    assertEquals(List.of(IMAGE, "delete t [id]", "delete t [id]"), changes.calls);
    assertEquals(List.of(changes.keys.get(2), changes.keys.get(2)), changes.keys.subList(0, 2));
    String fact = "t shard " + field + "=s.t1";
    assertEquals(List.of(fact, fact), changes.facts);
  }

  @Test
  void theKeyOfADeleteMayStandBehindItsRow() {
    String line = "{\"topic\":\"t\",\"value\":%s,\"key\":%s}";
    for (String before : List.of(ROW, "{\"a\":\"x\",\"id\":1,\"o\":{\"shard\":[1]}}")) {
      RecordedChanges changes =
          parse(
              line.formatted(delete(before), key("shard", "2")),
              keyed(key("shard", "2"), delete(before)),
              line.formatted(delete("{\"id\":1,\"shard\":2}"), key("shard", "2")),
              keyed(key("shard", "2"), delete("{\"id\":1,\"shard\":2}")));
      assertEquals(
          List.of("delete t [id]", "delete t [id]", "delete t [id, shard]", "delete t [id, shard]"),
          changes.calls);
    }
  }

  /** So that a bundle notes it once, at no cost for the others. */
  @Test
  void theSameValueIsToldAsTheSameObject() {
    RecordedChanges changes =
        parse(
            keyed(key(ROUTER, "1"), event("c", ROW)),
            keyed(key(ROUTER, "1"), event("c", ROW)),
            keyed(key(ROUTER, "2"), event("c", ROW)));
    assertEquals(
        List.of("t shard " + ROUTER + "=1", "t shard " + ROUTER + "=1", "t shard " + ROUTER + "=2"),
        changes.facts);
    assertSame(changes.factValues.get(0), changes.factValues.get(1));
  }

  @Test
  void aDeleteWithoutItsRowLeavesOutWhatBearsTheRoutersName() {
    ParseConfig config = config(Others.READ, Tombstones.DELETE);
    RecordedChanges changes =
        parse(
            config,
            keyed(key(ROUTER, "\"x\""), event("d", "null")),
            keyed(key(ROUTER, "\"x\""), "null"),
            keyed(key("shard", "\"x\""), "null"));
    assertEquals(List.of("delete t [id]", "delete t [id]", "delete t [id, shard]"), changes.calls);
    assertEquals(2, changes.facts.size());
  }

  @Test
  void aColumnOfTheRowStaysInTheKeyWhateverItIsCalled() {
    String row = "{\"id\":1,\"" + ROUTER + "\":2}";
    assertEquals(
        List.of(
            "image t [%s, id] {id=Long:1, %s=Long:2}".formatted(ROUTER, ROUTER),
            "delete t [" + ROUTER + ", id]"),
        parse(keyed(key(ROUTER, "2"), event("c", row)), keyed(key(ROUTER, "2"), delete(row)))
            .calls);
  }

  @Test
  void aRowThatHasNoneOfTheKeyIsDead() {
    assertEquals(
        List.of("dead t missing-key: no column 'b'; columns are id, a"),
        parse(keyed("{\"b\":1,\"c\":2}", event("c", ROW))).calls);
  }

  @Test
  void aRowThatLacksAPartOfTheStoredKeyIsDead() {
    ParseConfig stored = config(TableSpec.named("t").withStoredKey(List.of("b", "id")));
    RecordedChanges changes = parse(stored, keyed(key("b", "2"), event("c", ROW)));
    assertEquals(List.of("dead t missing-key: no column 'b'; columns are id, a"), changes.calls);
    assertEquals(List.of(), changes.facts);
  }

  @Test
  void aStoredTableTellsItsShardToo() {
    ParseConfig stored = config(TableSpec.named("t").withStoredKey(List.of("id")));
    RecordedChanges changes =
        parse(
            stored,
            keyed(key("shard", "2"), event("c", ROW)),
            keyed(key("shard", "3"), delete(ROW)));
    assertEquals(List.of(IMAGE, "delete t [id]"), changes.calls);
    assertEquals(List.of("t shard shard=2", "t shard shard=3"), changes.facts);
  }

  @Test
  void aDeclaredKeyOrARouteThatTellsShardsApartDecides() {
    Route route = new Route(".*", "t", List.of(new Column("shard", "one", Use.PLAIN)));
    for (ParseConfig config :
        List.of(config(table("t", List.of("id"), Map.of())), routed(OPEN, route))) {
      RecordedChanges changes = parse(config, keyed(key(ROUTER, "1"), event("c", ROW)));
      assertTrue(changes.calls.get(0).startsWith("image t [id] "), changes.calls::toString);
      assertEquals(List.of(), changes.facts);
    }
  }

  @Test
  void theOldKeyOfAChangedOneLeavesItOutToo() {
    String line =
        keyed(
                "{\"id\":2,\"" + ROUTER + "\":1}",
                event("c", "{\"id\":2,\"a\":\"" + ParseConfig.UNAVAILABLE + "\"}"))
            .replace(
                "\"value\"",
                "\"headers\":{\"__debezium.oldkey\":{\"" + ROUTER + "\":1,\"id\":1}},\"value\"");
    RecordedChanges changes = parse(keyed("{\"id\":1}", event("d", "null")), line);
    assertEquals(
        "carried t " + changes.keys.get(0) + " to " + changes.keys.get(1), changes.calls.get(2));
  }

  @Test
  void longValuesAreToldApart() {
    String text = "x".repeat(500);
    List<String> facts =
        parse(
                keyed(key("s", "\"" + text + "1\""), event("c", ROW)),
                keyed(key("s", "\"" + text + "2\""), event("c", ROW)))
            .facts;
    assertTrue(!facts.get(0).equals(facts.get(1)));
    assertTrue(facts.get(0).length() < 200, facts.get(0));
  }
}
