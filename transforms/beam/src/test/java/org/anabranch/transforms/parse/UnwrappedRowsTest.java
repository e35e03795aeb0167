package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.Position;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that were taken out of their envelope, with what is left of it. */
class UnwrappedRowsTest {

  private static final TableSpec T =
      new TableSpec("t", List.of(), Map.of(), Set.of(), TableSpec.Form.ROWS);
  private static final TableSpec KEYED =
      new TableSpec("t", List.of("id"), Map.of(), Set.of(), TableSpec.Form.ROWS);
  private static final String POSTGRES =
      "\"__source_connector\":\"postgresql\",\"__source_name\":\"shop\",\"__source_db\":\"d\","
          + "\"__source_schema\":\"\",\"__source_sequence\":\"[\\\"3\\\",\\\"4\\\"]\","
          + "\"__source_lsn\":4";

  private static String line(String fields) {
    return "{\"topic\":\"shop.t\",\"partition\":0,\"offset\":7,\"key\":{\"id\":1},\"value\":{\"id\":1,"
        + fields
        + "}}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"v\":2,\"__deleted\":\"true\"",
        "\"__deleted\":true,\"v\":null",
        "\"__op\":\"d\",\"v\":2",
        "\"__op\":\"d\",\"__deleted\":\"false\""
      })
  void aRowThatSaysItIsGoneIsADelete(String fields) {
    RecordedChanges changes = parse(config(T), line(fields), line("\"v\":2"));
    assertEquals(List.of("delete t [id]", "image t [id] {id=Long:1, v=Long:2}"), changes.calls);
    assertEquals(changes.keys.get(0), changes.keys.get(1));
    assertEquals(new Position("", 0, 0, 0, "shop.t", 0, 7), changes.positions.get(0));
  }

  @Test
  void theKeyOfADeleteMayBeDeclared() {
    String row = "{\"id\":1,\"v\":2,\"__deleted\":\"%s\"}";
    RecordedChanges changes = parse(config(KEYED), row.formatted("true"), row.formatted("false"));
    assertEquals(List.of("delete t [id]", "image t [id] {id=Long:1, v=Long:2}"), changes.calls);
    assertEquals(changes.keys.get(0), changes.keys.get(1));
    assertEquals(
        List.of("dead t delete-without-key: the event has no key; columns are id, v, __deleted"),
        parse(config(T), row.formatted("true")).calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"false\"", "false", "null", "\"TRUE\"", "1"})
  void whetherARowIsGoneIsNoColumn(String deleted) {
    assertEquals(
        List.of("image t [id] {id=Long:1, __op=String:\"u\", v=Long:2, __lsn=Long:5}"),
        parse(config(T), line("\"__op\":\"u\",\"__deleted\":" + deleted + ",\"v\":2,\"__lsn\":5"))
            .calls);
  }

  @Test
  void aTombstoneRepeatsTheDeleteOrIsItAgain() {
    String tombstone =
        "{\"topic\":\"shop.t\",\"partition\":0,\"offset\":8,\"key\":{\"id\":1},\"value\":null}";
    String deleted = line("\"__deleted\":\"true\"");
    assertEquals(
        List.of("delete t [id]", "ignored tombstone"), parse(config(T), deleted, tombstone).calls);
    assertEquals(
        List.of("delete t [id]", "delete t [id]"),
        parse(config(Others.READ, Tombstones.DELETE, T), deleted, tombstone).calls);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"__source_ts_ms\":5 | 5000",
        "\"__ts_ms\":5 | 5000",
        "\"__ts_ms\":5,\"__source_ts_ms\":6 | 6000",
        "\"__source_ts_us\":7,\"__source_ts_ms\":6 | 7",
        "\"__source_ts_ms\":null,\"__ts_ms\":5 | 5000",
        "\"__source_ts_ms\":\"x\" | 0",
        "\"__source_ts_ms\":9223372036854775807 | 0",
        "\"v\":1 | 0"
      })
  void theTimeOfTheSourceIsThatOfTheChange(String fields, long micros) {
    assertEquals(List.of(micros), parse(config(T), line(fields)).times);
  }

  @Test
  void thePositionIsThatOfTheSourceWhereAllOfItIsThere() {
    Position postgres = new Position("postgresql:shop:d", 3, 4, 0, "shop.t", 0, 7);
    Position mysql = new Position("mysql:m:i", 12, 34, 0, "shop.t", 0, 7);
    String file =
        "\"__source_name\":\"m\",\"__source_db\":\"i\",\"__source_file\":\"b.000012\","
            + "\"__source_pos\":34";
    assertEquals(
        List.of(postgres, postgres, postgres, mysql, mysql),
        parse(
                config(T),
                line(POSTGRES),
                line(POSTGRES + ",\"__deleted\":\"true\""),
                line(POSTGRES.replace("__source_", "__")),
                line("\"__source_connector\":\"mysql\",\"__source_row\":5," + file),
                line("\"__source_connector\":\"mariadb\"," + file))
            .positions);
  }

  /** A log position without the commit before it is not the order of commits. */
  @Test
  void otherwiseTheLogSaysTheOrder() {
    List<String> parts = List.of(POSTGRES.split(",(?=\"__)"));
    Position log = new Position("", 0, 0, 0, "shop.t", 0, 7);
    assertEquals(List.of(log), parse(config(T), line("\"__lsn\":4")).positions);
    for (int missing = 0; missing < parts.size(); missing++) {
      List<String> others = new java.util.ArrayList<>(parts);
      others.remove(missing);
      assertEquals(List.of(log), parse(config(T), line(String.join(",", others))).positions);
    }

    assertEquals(
        List.of(log),
        parse(config(T), line(POSTGRES.replace("\"postgresql\"", "\"oracle\""))).positions);
    assertEquals(
        List.of(log), parse(config(Others.READ, Tombstones.DELETE, T), line(POSTGRES)).positions);
  }

  /** Of facts the first one is valid, and none is ever gone. */
  @Test
  void factsAreTakenAsTheyAre() {
    TableSpec facts = new TableSpec("t", List.of("id"), Map.of(), Set.of(), TableSpec.Form.FACTS);
    assertEquals(
        List.of("image t [id] {id=Long:1, __deleted=String:\"true\"}"),
        parse(config(facts), line("\"__deleted\":\"true\"")).calls);
  }
}
