package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.event;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.anabranch.transforms.parse.RecordedChanges.source;
import static org.anabranch.transforms.parse.RecordedChanges.table;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.transforms.report.TableReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Types in an event's schema are hints: a value that they cannot hold widens the column. */
class HintedTypesTest {

  private static final ParseConfig KEYED = config(table("t", List.of("id"), Map.of()));
  private static final String TIMES = "io.debezium.time.";

  private static String typed(String schema, String value) {
    String row =
        "{\"type\":\"struct\",\"field\":\"after\",\"fields\":[{\"type\":\"int64\",\"field\":\"id\"},%s]}"
            .formatted(schema.replaceFirst("\\{", "{\"field\":\"a\","));
    return "{\"schema\":{\"type\":\"struct\",\"fields\":[%s]},\"payload\":%s}"
        .formatted(
            row,
            "{\"before\":null,\"after\":{\"id\":1,\"a\":%s},\"source\":%s,\"op\":\"c\"}"
                .formatted(value, source("t")));
  }

  private static String schema(String type, String name) {
    return name.isEmpty()
        ? "{\"type\":\"" + type + "\"}"
        : "{\"type\":\"" + type + "\",\"name\":\"" + name + "\"}";
  }

  private static String decimal(String precision, String scale) {
    return ("{\"type\":\"bytes\",\"name\":\"org.apache.kafka.connect.data.Decimal\","
            + "\"parameters\":{\"scale\":\"%s\",\"connect.decimal.precision\":\"%s\"}}")
        .formatted(scale, precision);
  }

  private static TableReport report(ParseConfig config, String... lines) {
    ChangeCollector collector = new ChangeCollector(config.buckets(), 0, (bucket, batch) -> {});
    ChangeParser parser = new ChangeParser(config, collector);
    for (String line : lines) {
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      parser.parse("file", 0, 0, bytes, 0, bytes.length);
    }

    return Objects.requireNonNull(collector.finish().table("t"));
  }

  private static Type typeOfA(TableReport report) {
    return Objects.requireNonNull(report.schema().column("a")).type();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {
        "string;ZonedTimestamp;\"infinity\";String:\"infinity\";timestamptz;text",
        "string;ZonedTimestamp;\"-infinity\";String:\"-infinity\";timestamptz;text",
        "int64;MicroTime;-3600000000;String:\"-01:00:00\";time;text",
        "int64;MicroTime;86400000000;String:\"24:00:00\";time;text",
        "int64;MicroTime;3020399000000;String:\"838:59:59\";time;text",
        "int64;MicroTime;-1;String:\"-00:00:00.000001\";time;text",
        "int32;Time;-1500;String:\"-00:00:01.5\";time;text",
        "int64;NanoTime;86400000000001;String:\"24:00:00.000000001\";time;text",
        "string;IsoTime;\"24:00:00\";String:\"24:00:00\";time;text",
        "int32;Date;99999999999;String:\"+273792670-09-12\";date;text",
        "int32;Date;-9223372036854775808;String:\"-9223372036854775808\";date;text",
        "string;IsoDate;365241780471;String:\"+999999999-12-31\";date;text",
        "int32;Date;\"soon\";String:\"soon\";date;text",
        "int32;Date;1.5;Double:1.5;date;text",
        "int64;Timestamp;9223372036854775807;"
            + "String:\"+292278994-08-17T07:12:55.807\";timestamp;text",
        "int64;MicroTimestamp;-9223372036854775808;"
            + "String:\"-290308-12-21T19:59:05.224192\";timestamp;text",
        "int64;MicroTimestamp;9223372036854775808;"
            + "BigDecimal:9223372036854775808;timestamp;text",
      })
  void timesThatTheTypeCannotHoldAreText(
      String type, String name, String value, String expected, String wanted, String column) {
    assertWidened(schema(type, TIMES + name), value, expected, wanted, column);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {
        "string;io.debezium.data.Uuid;\"\";String:\"\";uuid;text",
        "int32;;2147483648;Long:2147483648;int;bigint",
        "int32;;9223372036854775808;BigDecimal:9223372036854775808;int;decimal",
        "int64;;1.5;Double:1.5;bigint;double",
        "int64;;true;Boolean:true;bigint;bigint",
        "boolean;;5;Long:5;boolean;bigint",
        "boolean;;\"t\";String:\"t\";boolean;text",
        "double;;\"x\";String:\"x\";double;text",
        "double;;9007199254740993;Long:9007199254740993;double;text",
        "bytes;;\"%\";String:\"%\";bytes;text",
        "int32;;{\"b\":1};String:\"{\\\"b\\\":1}\";int;text",
      })
  void otherValuesThatTheTypeCannotHoldAreWhatTheyAre(
      String type, String name, String value, String expected, String wanted, String column) {
    String known = name == null ? "" : name;
    assertWidened(schema(type, known), value, expected, wanted, column);
  }

  private static void assertWidened(
      String schema, String value, String expected, String wanted, String column) {
    String note = "`a`: values that " + wanted + " cannot hold: column is " + column;
    assertEquals(
        List.of("image t [id] {id=Long:1, a=" + expected + "}", "note t " + note),
        parse(KEYED, typed(schema, value)).calls);
    TableReport report = report(KEYED, typed(schema, value), typed(schema, value));
    assertEquals(2, report.count(TableReport.NOTE + note));
    assertEquals(2, report.count(TableReport.MERGED));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "5;2;AYag;BigDecimal:1000.00;decimal(5,2)",
        "0;0;AQ==;BigDecimal:1;",
        "40;1;AQ==;BigDecimal:0.1;",
        "38;-2;AQ==;BigDecimal:100;",
        "38;-2147483648;AQ==;String:\"1E+2147483648\";",
        "38;2147483647;AQ==;String:\"1E-2147483647\";",
        "5;2;?;String:\"?\";decimal(5,2)",
      })
  void decimalsKeepTheScaleThatTheyAreSentWith(
      String precision, String scale, String base64, String expected, String wanted) {
    List<String> calls = parse(KEYED, typed(decimal(precision, scale), "\"" + base64 + "\"")).calls;
    assertEquals("image t [id] {id=Long:1, a=" + expected + "}", calls.get(0));
    assertEquals(wanted == null ? 1 : 2, calls.size());
  }

  @Test
  void theElementsOfAListAreWidenedEachForItself() {
    String list =
        "{\"type\":\"array\",\"items\":" + schema("string", TIMES + "ZonedTimestamp") + "}";
    String line = typed(list, "[\"2026-03-01T00:00:00.000+01:00\",\"infinity\",null]");
    RecordedChanges changes = parse(KEYED, line);
    assertEquals(
        "UnmodifiableRandomAccessList:[\"2026-02-28T23:00:00Z\",\"infinity\",null]",
        changes.rows.get(0).get("a"));
    assertEquals(Type.listOf(Type.STRING), typeOfA(report(KEYED, line)));
    assertEquals(
        "note t `a`: values that list<timestamptz> cannot hold: column is list<string>",
        changes.calls.get(1));
  }

  @Test
  void theColumnIsTheJoinOfWhatFitsAndWhatDoesNot() {
    String date = schema("int32", TIMES + "Date");
    assertEquals(Type.DATE, typeOfA(report(KEYED, typed(date, "7"))));
    assertEquals(
        Type.STRING,
        typeOfA(report(KEYED, typed(date, "7"), typed(date, "\"x\""), typed(date, "8"))));
    assertEquals(
        Type.INT64,
        typeOfA(
            report(
                KEYED, typed(schema("int32", ""), "1"), typed(schema("int32", ""), "2147483648"))));
  }

  @Test
  void theTypesOfABaseAreHintsToo() {
    Schema base = Schema.of(List.of(new Schema.Column("a", Type.DATE, 0)));
    ParseConfig config = config(table("t", List.of("id"), Map.of()).withBase(base));
    assertEquals(
        List.of(
            "image t [id] {id=Long:1, a=String:\"infinity\"}",
            "note t `a`: values that date cannot hold: column is text"),
        parse(config, event("c", "{\"id\":1,\"a\":\"infinity\"}")).calls);
  }

  @Test
  void aDeclaredTypeIsAPromiseWhateverTheEventSays() {
    ParseConfig config = config(table("t", List.of("id"), Map.of("a", "timestamptz")));
    assertEquals(
        List.of(
            "dead t wrong-type: column a must be timestamptz, but is \"infinity\";"
                + " declared with --columns=t:a timestamptz"),
        parse(config, typed(schema("string", TIMES + "ZonedTimestamp"), "\"infinity\"")).calls);
  }

  @Test
  void halfOfASurrogatePairIsTold() {
    assertEquals(
        List.of(
            "image t [id] {id=Long:1, a=String:\"x\uFFFDy\"}",
            "note t half of a surrogate pair: stored as U+FFFD",
            "image t [id] {id=Long:1, a=String:\"?\uFFFD\\u0000🦀\"}"),
        parse(
                KEYED,
                event("c", "{\"id\":1,\"a\":\"x\\ud83dy\"}"),
                event("c", "{\"id\":1,\"a\":\"?\uFFFD\\u0000\\ud83e\\udd80\"}"))
            .calls);
  }
}
