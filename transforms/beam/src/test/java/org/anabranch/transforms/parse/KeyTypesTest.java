package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.event;
import static org.anabranch.transforms.parse.RecordedChanges.keyed;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.anabranch.transforms.parse.RecordedChanges.source;
import static org.anabranch.transforms.parse.RecordedChanges.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys are numbers and text, and the same whatever type a value came with. */
class KeyTypesTest {

  private static final ParseConfig KEYED = config(table("t", List.of("id"), Map.of()));

  private static ParseConfig declared(String type) {
    return config(table("t", List.of("id"), Map.of("id", type)));
  }

  private static String image(String id) {
    return event("c", "{\"id\":" + id + "}");
  }

  private static String withSchema(String type, String id) {
    return ("{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"struct\",\"fields\":[%s],"
            + "\"field\":\"after\"}]},\"payload\":{\"after\":{\"id\":%s},\"source\":%s,\"op\":\"c\"}}")
        .formatted(type.replaceFirst("}$", ",\"field\":\"id\"}"), id, source("t"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {"1;\"1\"", "1;1.0", "1;1e0", "1.5;\"1.5\"", "1.5;1.50", "-3;\"-3\"", "1;1.000"})
  void aNumberAndItsTextAreOneKey(String left, String right) {
    RecordedChanges changes = parse(KEYED, image(left), image(right));
    assertEquals(changes.keys.get(0), changes.keys.get(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {"1;\"01\"", "1;\"1.0\"", "1;\"+1\"", "0.1;0.10000000000000001", "1;\" 1\""})
  void othersAreTwo(String left, String right) {
    RecordedChanges changes = parse(KEYED, image(left), image(right));
    assertNotEquals(changes.keys.get(0), changes.keys.get(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "double", "decimal"})
  void aFractionInAKeyIsADecimalWithEveryDigit(String type) {
    ParseConfig config = type.equals("null") ? KEYED : declared(type);
    RecordedChanges changes = parse(config, image("0.10000000000000001"), image("1.50"));
    assertEquals(
        List.of(
            "image t [id] {id=BigDecimal:0.10000000000000001}",
            "image t [id] {id=BigDecimal:1.50}"),
        changes.calls);
    assertEquals(
        Type.NULL, config.tables().get("t").schema().columns().get(0).type(), "declared type");
  }

  @Test
  void aFractionInAKeyThatComesWithTheEventIsADecimalToo() {
    RecordedChanges changes =
        parse(
            keyed("{\"id\":0.5}", event("c", "{\"id\":0.5,\"a\":0.5}")),
            keyed("{\"a\":0.5}", event("c", "{\"id\":0.5,\"a\":0.5}")));
    assertEquals(
        List.of(
            "image t [id] {id=BigDecimal:0.5, a=Double:0.5}",
            "image t [a] {id=Double:0.5, a=BigDecimal:0.5}"),
        changes.calls);
  }

  @Test
  void aDoubleInTheSchemaOfAnEventIsADecimalInAKey() {
    RecordedChanges changes = parse(KEYED, withSchema("{\"type\":\"double\"}", "1.10"));
    assertEquals(List.of("image t [id] {id=BigDecimal:1.10}"), changes.calls);
    assertNull(changes.types.get(0));
  }

  @Test
  void whatTheSchemaOfAnEventCannotHoldIsAKeyAsItWasSent() {
    RecordedChanges changes =
        parse(
            KEYED,
            withSchema("{\"type\":\"string\",\"name\":\"io.debezium.data.Uuid\"}", "\"a7\""),
            withSchema("{\"type\":\"int64\"}", "\"1\""),
            image("1"));
    assertEquals(
        List.of(
            "image t [id] {id=String:\"a7\"}",
            "note t `id`: values that uuid cannot hold: column is text",
            "image t [id] {id=String:\"1\"}",
            "note t `id`: values that bigint cannot hold: column is text",
            "image t [id] {id=Long:1}"),
        changes.calls);
    assertEquals(changes.keys.get(1), changes.keys.get(2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {
        "true;a boolean; declare it with --columns='t:id boolean'",
        "[1];a list;",
        "{\"a\":1};an object;"
      })
  void otherKindsAreDeadLetters(String value, String kind, String more) {
    String detail = "key column id must be a number or text, but is " + kind;
    String dead = "dead t wrong-type: " + detail + (more == null ? "" : "; " + more);
    assertEquals(List.of(dead), parse(KEYED, image(value)).calls);
    assertEquals(
        List.of(dead), parse(KEYED, keyed("{\"id\":" + value + "}", event("d", "null"))).calls);
  }

  @Test
  void aBooleanOfTheSchemaOfAnEventIsADeadLetterToo() {
    String detail = "; declare it with --columns='t:id boolean'";
    assertEquals(
        List.of(
            "dead t wrong-type: key column id must be a number or text, but is a boolean" + detail),
        parse(KEYED, withSchema("{\"type\":\"boolean\"}", "true")).calls);
  }

  @Test
  void aDeclaredBooleanIsAKey() {
    RecordedChanges changes = parse(declared("boolean"), image("true"), image("1"), image("7"));
    assertEquals(
        List.of(
            "image t [id] {id=Boolean:true}",
            "image t [id] {id=Boolean:true}",
            "dead t wrong-type: key column id must be boolean"),
        changes.calls);
  }

  @Test
  void notANumberIsADeadLetterWhereNumbersAreDeclared() {
    assertEquals(
        List.of("dead t wrong-type: key column id must be a number or text, but is not a number"),
        parse(declared("double"), image("\"NaN\"")).calls);
  }

  @Test
  void theKeyOfADeleteIsThatOfTheRowWhateverJsonTypeItHas() {
    RecordedChanges changes =
        parse(
            keyed("{\"id\":\"1\"}", event("c", "{\"id\":1}")),
            keyed("{\"id\":\"1\"}", event("d", "null")),
            keyed("{\"id\":1.00}", event("d", "null")));
    assertEquals(changes.keys.get(0), changes.keys.get(1));
    assertEquals(changes.keys.get(0), changes.keys.get(2));
  }

  @Test
  void numbersOfAnySizeAreKeys() {
    RecordedChanges changes =
        parse(
            KEYED,
            image("1" + "0".repeat(200)),
            image("1e200"),
            image("1e999999999"),
            image("1E+99999999999"));
    assertEquals(4, changes.keys.size());
    assertEquals(changes.keys.get(0), changes.keys.get(1));
  }

  @Test
  void aBaseSaysThatAKeyHasBooleans() {
    Schema base = Schema.of(List.of(new Schema.Column("id", Type.BOOLEAN, 0)));
    ParseConfig config = config(table("t", List.of("id"), Map.of()).withBase(base));
    assertEquals(List.of("image t [id] {id=Boolean:true}"), parse(config, image("true")).calls);
  }
}
