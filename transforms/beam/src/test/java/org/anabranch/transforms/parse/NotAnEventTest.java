package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The details of dead letters that are no events name the option they need. */
class NotAnEventTest {

  private static final String DEAD = "dead null not-an-event: ";
  private static final String ROW =
      DEAD + "the object is no change event: if it is a row of a table, read it with --plain-rows=";
  private static final String UNWRAPPED =
      DEAD
          + "the object looks like an unwrapped record (ExtractNewRecordState): read its table with"
          + " --plain-rows=";

  @Test
  void aRowNamesTheTableOfItsTopic() {
    assertEquals(
        List.of(ROW + "customers", ROW + "TABLE", ROW + "TABLE", ROW + "customers"),
        parse(
                "{\"topic\":\"shop.customers\",\"value\":{\"id\":1,\"name\":\"secret\"}}",
                "{\"id\":1,\"name\":\"secret\"}",
                "{\"topic\":\"shop.\\u001b[31m\",\"value\":{\"id\":1}}",
                "{\"topic\":\"shop.customers\",\"value\":{\"schema\":{\"type\":\"struct\"},"
                    + "\"payload\":{\"id\":1}}}")
            .calls);
    RecordedChanges records = new RecordedChanges(RecordedChanges.OPEN);
    records.addRecord("shop.customers", 0, 1, "{\"id\":1}", "{\"id\":1}");
    assertEquals(List.of(ROW + "customers"), records.calls);
  }

  @Test
  void anUnwrappedRecordIsCalledSo() {
    assertEquals(
        List.of(UNWRAPPED + "customers", UNWRAPPED + "TABLE"),
        parse(
                "{\"topic\":\"shop.customers\",\"value\":{\"id\":1,\"__deleted\":\"true\"}}",
                "{\"id\":1,\"__op\":\"c\"}")
            .calls);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"data\":[{}],\"database\":\"d\",\"table\":\"t\",\"type\":\"INSERT\",\"isDdl\":false,\"es\":1} |"
            + " Canal",
        "{\"database\":\"d\",\"table\":\"t\",\"type\":\"insert\",\"ts\":1,\"xid\":2,\"data\":{}} | Maxwell",
        "{\"change\":[{\"kind\":\"insert\"}]} | wal2json",
        "{\"action\":\"I\",\"schema\":\"s\",\"table\":\"t\",\"columns\":[]} | wal2json",
        "{\"table\":\"t\",\"op_type\":\"I\",\"after\":{}} | GoldenGate",
        "{\"data\":{\"id\":1},\"metadata\":{\"operation\":\"load\"}} | AWS DMS",
        "{\"operationType\":\"insert\",\"ns\":{},\"fullDocument\":{}} | MongoDB",
      })
  void theEnvelopesOfOthersAreNamed(String line, String name) {
    assertEquals(
        List.of(
            DEAD
                + "the object looks like "
                + name
                + ": of change events only Debezium JSON is read"),
        parse(line).calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[{\"op\":\"c\"},{}]", " [ {} ]"})
  void aListOfRecordsIsNoRecord(String line) {
    assertEquals(
        List.of(DEAD + "a list of objects: each record must be a line of its own"),
        parse(line).calls);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "}",
        "  },",
        "[{",
        "  \"before\": null,",
        "  \"a\\\"b\": {",
        "\"x\",",
        "]",
        "\"op\": \"c\""
      })
  void aLineOfARecordThatIsWrittenOverSeveralIsCalledSo(String line) {
    String call = parse(line).calls.get(0);
    assertTrue(call.endsWith(": a record must be on one line"), call);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1", "no json", "\"open", "1 2", "{\"a\":1}}"})
  void otherBrokenLinesAreNot(String line) {
    String call = parse(line).calls.get(0);
    assertTrue(call.startsWith("dead null invalid-json: no valid JSON at byte"), call);
    assertTrue(!call.contains("one line"), call);
  }
}
