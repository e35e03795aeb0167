package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.anabranch.transforms.parse.RecordedChanges.source;
import static org.anabranch.transforms.parse.RecordedChanges.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import java.util.Map;
import org.anabranch.model.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventSchemaTest {

  private static final ParseConfig KEYED = config(table("t", List.of("id"), Map.of()));

  private static String schema(String column) {
    String row =
        "{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"field\":\"id\"},"
            + column.replaceFirst("\\}$", ",\"optional\":true,\"field\":\"a\"}")
            + "],\"field\":\"%s\"}";
    return "{\"type\":\"struct\",\"fields\":["
        + row.formatted("before")
        + ","
        + row.formatted("after")
        + "]}";
  }

  private static String payload(String value) {
    return "{\"before\":null,\"after\":{\"id\":1,\"a\":%s},\"source\":%s,\"op\":\"c\"}"
        .formatted(value, source("t"));
  }

  private static String event(String column, String value) {
    return "{\"schema\":" + schema(column) + ",\"payload\":" + payload(value) + "}";
  }

  private static String named(String type, String name) {
    return "{\"type\":\"" + type + "\",\"name\":\"" + name + "\"}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {
        "int32;io.debezium.time.Date;7363;date;LocalDate:\"1990-02-28\"",
        "string;io.debezium.time.IsoDate;\"1990-02-28Z\";date;LocalDate:\"1990-02-28\"",
        "int32;io.debezium.time.Time;1500;time;LocalTime:\"00:00:01.5\"",
        "int64;io.debezium.time.MicroTime;1500000;time;LocalTime:\"00:00:01.5\"",
        "int64;io.debezium.time.NanoTime;1500000000;;LocalTime:\"00:00:01.5\"",
        "int64;io.debezium.time.Timestamp;1500;timestamp;LocalDateTime:\"1970-01-01T00:00:01.5\"",
        "int64;io.debezium.time.MicroTimestamp;1;timestamp;"
            + "LocalDateTime:\"1970-01-01T00:00:00.000001\"",
        "int64;io.debezium.time.NanoTimestamp;1;;String:\"1970-01-01T00:00:00.000000001\"",
        "string;io.debezium.time.ZonedTimestamp;\"1970-01-01T00:00:00Z\";timestamptz;"
            + "Instant:\"1970-01-01T00:00:00Z\"",
        "string;io.debezium.time.ZonedTime;\"10:00:00+02:00\";time;LocalTime:\"08:00:00\"",
        "string;io.debezium.time.Interval;\"P1D\";string;String:\"P1D\"",
        "int64;io.debezium.time.MicroDuration;5;bigint;Long:5",
        "int32;io.debezium.time.Year;2026;int;Long:2026",
        "int32;org.apache.kafka.connect.data.Date;0;date;LocalDate:\"1970-01-01\"",
        "int32;org.apache.kafka.connect.data.Time;1500;time;LocalTime:\"00:00:01.5\"",
        "int64;org.apache.kafka.connect.data.Timestamp;1500;timestamp;"
            + "LocalDateTime:\"1970-01-01T00:00:01.5\"",
        "string;io.debezium.data.Json;\"{}\";json;String:\"{}\"",
        "string;io.debezium.data.Uuid;\"00000000-0000-0000-0000-000000000001\";uuid;"
            + "String:\"00000000-0000-0000-0000-000000000001\"",
        "string;io.debezium.data.Enum;\"x\";string;String:\"x\"",
        "bytes;io.debezium.data.Bits;\"AQ==\";bytes;HeapByteBuffer:\"AQ==\"",
        "struct;io.debezium.data.VariableScaleDecimal;{\"scale\":1,\"value\":\"AQ==\"};;"
            + "BigDecimal:0.1",
        "struct;io.debezium.data.geometry.Point;{\"x\":1.0,\"wkb\":\"AQ==\"};json;"
            + "String:\"{\\\"x\\\":1.0,\\\"wkb\\\":\\\"AQ==\\\"}\"",
        "int16;;7;int;Long:7",
        "float;;1;double;Double:1.0",
        "boolean;;true;boolean;Boolean:true",
        "something;;1;;Long:1",
      })
  void schemaInTheEventGivesTheType(
      String type, String name, String value, String stored, String expected) {
    String column = name == null ? "{\"type\":\"" + type + "\"}" : named(type, name);
    RecordedChanges changes = parse(KEYED, event(column, value));
    assertEquals(expected, changes.rows.get(0).get("a"));
    Type found = changes.types.get(0)[1];
    assertEquals(stored, found == null ? null : found.toString());
  }

  @Test
  void decimalIsBase64WithTheScaleOfTheSchema() {
    String column =
        "{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\","
            + "\"parameters\":{\"scale\":\"2\",\"connect.decimal.precision\":\"9\"}}";
    RecordedChanges changes = parse(KEYED, event(column, "\"8712\""));
    assertEquals("BigDecimal:-8034.66", changes.rows.get(0).get("a"));
    assertEquals(Type.decimal(9, 2), changes.types.get(0)[1]);
  }

  @Test
  void arraysFollowTheirItems() {
    String column = "{\"type\":\"array\",\"items\":{\"type\":\"int32\"}}";
    RecordedChanges changes = parse(KEYED, event(column, "[1,null]"));
    assertEquals(Type.listOf(Type.INT32), changes.types.get(0)[1]);
    assertEquals("UnmodifiableRandomAccessList:[1,null]", changes.rows.get(0).get("a"));
  }

  @Test
  void schemaMayFollowThePayload() {
    String line =
        "{\"value\":{\"payload\":%s,\"schema\":%s}}"
            .formatted(payload("0"), schema(named("int32", "io.debezium.time.Date")));
    assertEquals("LocalDate:\"1970-01-01\"", parse(KEYED, line).rows.get(0).get("a"));
  }

  @Test
  void schemaMayBeNull() {
    RecordedChanges changes =
        parse(KEYED, "{\"value\":{\"schema\":null,\"payload\":" + payload("0") + "}}");
    assertEquals("Long:0", changes.rows.get(0).get("a"));
    assertNull(changes.types.get(0));
  }

  @Test
  void declaredTypeWinsOverTheSchema() {
    ParseConfig config = config(table("t", List.of("id"), Map.of("a", "bigint")));
    String line = event(named("int32", "io.debezium.time.Date"), "7");
    assertEquals("Long:7", parse(config, line).rows.get(0).get("a"));
  }

  @Test
  void equalSchemasGiveTheSameTypes() {
    String line = event(named("int32", "io.debezium.time.Date"), "7");
    RecordedChanges changes = parse(KEYED, line, line);
    assertSame(changes.types.get(0), changes.types.get(1));
  }

  @Test
  void payloadOfNullIsATombstone() {
    assertEquals(
        List.of("ignored tombstone"),
        parse("{\"topic\":\"t\",\"key\":{\"id\":1},\"value\":{\"schema\":null,\"payload\":null}}")
            .calls);
  }
}
