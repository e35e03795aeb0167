package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.event;
import static org.anabranch.transforms.parse.RecordedChanges.keyed;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.anabranch.transforms.parse.RecordedChanges.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenInputTest {

  private static final ParseConfig TYPED =
      config(
          table("t", List.of("id"), Map.of("d", "decimal(10,2)", "at", "timestamp(3)")),
          new TableSpec("rows", List.of("id"), Map.of(), Set.of(), TableSpec.Form.ROWS));
  private static final String GOOD =
      "{\"topic\":\"shop.t\",\"offset\":1,\"key\":{\"id\":1},\"headers\":{\"__debezium.oldkey\":"
          + "\"{\\\"id\\\":2}\"},\"value\":{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":"
          + "\"struct\",\"fields\":[{\"type\":\"int32\",\"field\":\"n\"}],\"field\":\"after\"}]},"
          + "\"payload\":{\"before\":{\"id\":1},\"after\":{\"id\":1,\"n\":5,\"d\":\"12.34\",\"at\":0,"
          + "\"o\":{\"x\":[1,{\"y\":\"€\"}]},\"u\":\"__debezium_unavailable_value\"},"
          + "\"source\":{\"connector\":\"postgresql\",\"name\":\"s\",\"db\":\"d\",\"sequence\":"
          + "\"[\\\"3\\\",\\\"4\\\"]\",\"table\":\"t\",\"lsn\":4},\"op\":\"u\",\"ts_ms\":7}}}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json at all",
        "{",
        "{\"value\":",
        "{\"value\":{\"after\":{\"id\":1",
        "{\"a\":1}}",
        "{\"a\":1}{\"b\":2}",
        "{\"a\":1} x",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{'a':1}",
        "{\"a\":1,}",
        "{\"a\":\"\u0001\"}",
        "\u0000",
        "{\u0000\"\u0000a\u0000\"\u0000:\u00001\u0000}",
        "{\"a\":1}\u0000",
        "{\"value\":\"{\\\"a\\\":1\"}",
        "{\"value\":\"{}{}\"}"
      })
  void whatIsNoJsonIsDead(String line) {
    List<String> calls = parse(line).calls;
    assertEquals(1, calls.size());
    assertTrue(
        calls.get(0).startsWith("dead null invalid-json: no valid JSON at byte"), calls::toString);
  }

  @Test
  void bytesThatAreNotUtf8AreDead() {
    RecordedChanges changes = new RecordedChanges(TYPED);
    byte[] line = event("c", "{\"id\":1,\"a\":\"xyz\"}").getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < line.length; i++) {
      if (line[i] == 'y') {
        line[i] = (byte) 0xFF;
        line[i + 1] = (byte) 0xC0;
      }
    }

    changes.add(line);
    assertTrue(changes.calls.get(0).startsWith("dead null invalid-json"), changes.calls::toString);
  }

  @Test
  void everyPrefixOfALineIsDead() {
    List<String> expected = parse(TYPED, GOOD).calls;
    assertEquals(2, expected.size());
    byte[] line = GOOD.getBytes(StandardCharsets.UTF_8);
    for (int length = 1; length < line.length; length++) {
      RecordedChanges changes = new RecordedChanges(TYPED);
      changes.add(Arrays.copyOf(line, length));
      changes.add(line);
      assertTrue(changes.calls.get(0).contains("invalid-json"), changes.calls::toString);
      assertEquals(expected, changes.calls.subList(1, changes.calls.size()));
    }
  }

  @Test
  void damagedLinesNeitherThrowNorDisturbTheNextOne() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    RecordedChanges good = parse(TYPED, GOOD);
    RecordedChanges changes = new RecordedChanges(TYPED);
    byte[] line = GOOD.getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = line.clone();
      for (int hits = 1 + random.nextInt(3); hits > 0; hits--) {
        int at = random.nextInt(line.length);
        damaged[at] =
            random.nextBoolean() ? line[random.nextInt(line.length)] : (byte) random.nextInt();
      }

      changes.calls.clear();
      changes.add(damaged);
      long records =
          changes.calls.stream()
              .filter(call -> !call.startsWith("carried") && !call.startsWith("note"))
              .count();
      assertEquals(1, records, () -> "seed " + seed + ": " + changes.calls);
      changes.calls.clear();
      changes.add(line);
      assertEquals(good.calls, changes.calls, "seed " + seed);
    }
  }

  @Test
  void deepNestingIsDeadAndNoStackOverflow() {
    String deep = "[".repeat(100_000);
    assertTrue(
        parse(keyed("{\"id\":1}", event("c", "{\"id\":1,\"a\":" + deep + "}")))
            .calls
            .get(0)
            .contains("invalid-json"));
  }

  @Test
  void byteOrderMarkIsSkipped() {
    assertEquals(parse(TYPED, GOOD).calls, parse(TYPED, "\uFEFF" + GOOD).calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/b", ".hidden", "dead_letters", "a\\\\b"})
  void aTableWhoseNameNoTableCanHaveIsDead(String name) {
    List<String> calls =
        parse(
                "{\"key\":{\"id\":1},\"value\":{\"after\":{\"id\":1},\"source\":{\"table\":\""
                    + name
                    + "\"},\"op\":\"c\"}}")
            .calls;
    assertEquals(1, calls.size());
    assertTrue(calls.get(0).contains("unusable-table-name"), calls.get(0));
  }
}
