package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.OPEN;
import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.event;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.Position;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines whose value is called payload, as kcat writes them among others. */
class PayloadLinesTest {

  private static final String ROW = "{\"id\":1,\"a\":\"x\"}";
  private static final String IMAGE = "image t [id] {id=Long:1, a=String:\"x\"}";
  private static final TableSpec ROWS =
      new TableSpec("t", List.of("id"), Map.of(), Set.of(), TableSpec.Form.ROWS);
  private static final String SCHEMA = "{\"type\":\"struct\",\"fields\":[]}";

  /** A line of {@code kcat -J}, which gives key and payload as text. */
  private static String kcat(String key, String payload) {
    return kcatLine(text(key), text(payload), "[]");
  }

  private static String kcatLine(String key, String payload, String headers) {
    return ("{\"topic\":\"shop.public.t\",\"partition\":2,\"offset\":9,\"tstype\":\"create\","
            + "\"ts\":1793534400000,\"broker\":0,\"headers\":%s,\"key\":%s,\"payload\":%s}")
        .formatted(headers, key, payload);
  }

  private static String text(String json) {
    return "\"" + json.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  @Test
  void aLineOfKcatIsTheRecordItShows() {
    RecordedChanges changes = parse(kcat("{\"id\":1}", event("c", ROW)));
    assertEquals(List.of(IMAGE), changes.calls);
    assertEquals(
        new Position("postgresql:shop:d", 3, 4, 0, "shop.public.t", 2, 9),
        changes.positions.get(0));
    assertEquals(List.of("delete t [id]"), parse(kcat("{\"id\":1}", event("d", "null"))).calls);
  }

  @Test
  void aPayloadMayBeAnObjectOrHaveASchema() {
    String enveloped = "{\"schema\":" + SCHEMA + ",\"payload\":" + event("c", ROW) + "}";
    String inText = "{\"schema\":" + SCHEMA + ",\"payload\":" + text(event("c", ROW)) + "}";
    assertEquals(
        List.of(IMAGE, IMAGE, IMAGE, IMAGE, IMAGE),
        parse(
                kcatLine("{\"id\":1}", event("c", ROW), "[]"),
                kcatLine("{\"id\":1}", enveloped, "null"),
                kcat("{\"id\":1}", enveloped),
                kcat("{\"id\":1}", inText),
                "{\"key\":{\"id\":1},\"value\":" + inText + "}")
            .calls);
  }

  @Test
  void aPayloadOfNullIsATombstone() {
    ParseConfig config = config(Others.READ, Tombstones.DELETE);
    assertEquals(
        List.of("delete t [id]"), parse(config, kcatLine(text("{\"id\":1}"), "null", "[]")).calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"x\"", "3", "[1]"})
  void aPayloadThatIsNoObjectIsDead(String payload) {
    assertEquals(
        List.of("dead null not-an-event: the value is neither an object nor null"),
        parse(kcatLine("null", payload, "[]")).calls);
  }

  @Test
  void aBrokenPayloadIsInvalid() {
    assertTrue(
        parse(kcat("{\"id\":1}", "{\"op\":")).calls.get(0).startsWith("dead null invalid-json"));
  }

  @Test
  void headersOfKcatAlternate() {
    String row = "{\"id\":1,\"a\":\"" + ParseConfig.UNAVAILABLE + "\"}";
    String old = text("{\"id\":9}");
    String headers = "[\"x\",null,\"__debezium.oldkey\"," + old + ",\"y\"]";
    RecordedChanges changes = parse(kcatLine(text("{\"id\":1}"), text(event("c", row)), headers));
    assertEquals("image t [id] {id=Long:1, a=CARRIED}", changes.calls.get(0));
  }

  @Test
  void aPlainRowMayBeThePayload() {
    String enveloped = "{\"schema\":" + SCHEMA + ",\"payload\":" + ROW + "}";
    String inText = "{\"schema\":" + SCHEMA + ",\"payload\":" + text(ROW) + "}";
    String first = "{\"payload\":" + ROW + ",\"topic\":\"shop.t\",\"offset\":3}";
    assertEquals(
        List.of(IMAGE, IMAGE, IMAGE, IMAGE, IMAGE, IMAGE, IMAGE, IMAGE),
        parse(
                config(ROWS),
                kcat("{\"id\":1}", ROW),
                kcatLine("null", ROW, "[]"),
                kcat("{\"id\":1}", enveloped),
                kcat("{\"id\":1}", inText),
                first,
                enveloped,
                inText,
                "{\"key\":{\"id\":1},\"payload\":" + ROW + "}")
            .calls);
  }

  @Test
  void aRowMayHaveAColumnOfThatName() {
    assertEquals(
        List.of("image t [id] {payload=String:\"x\", id=Long:1}"),
        parse(config(ROWS), "{\"payload\":\"x\",\"id\":1}").calls);
  }

  @Test
  void theTimeOfKcatIsThatOfTheLogUnlessThereIsAnother() {
    ParseConfig config = config(ROWS.withLogTime("at"));
    String noon = "image t [id] {id=Long:1, a=String:\"x\", at=Instant:\"2026-11-01T12:00:00Z\"}";
    String line = kcat("{\"id\":1}", ROW);
    assertEquals(
        List.of(noon, noon),
        parse(
                config,
                line,
                line.replace("\"ts\":1793534400000", "\"ts\":1,\"timestamp\":1793534400000"))
            .calls);
  }

  @Test
  void aHeartbeatInAPayloadIsOne() {
    assertEquals(
        List.of("ignored heartbeat"),
        parse(OPEN, kcatLine("null", text("{\"ts_ms\":5}"), "[]")).calls);
  }
}
