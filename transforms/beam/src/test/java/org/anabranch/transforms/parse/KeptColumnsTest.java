package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.event;
import static org.anabranch.transforms.parse.RecordedChanges.keyed;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.anabranch.transforms.parse.RecordedChanges.source;
import static org.anabranch.transforms.parse.RecordedChanges.table;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.transforms.report.TableReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables whose stored columns stay as they are. */
class KeptColumnsTest {

  private static final String INT64 = "{\"type\":\"int64\",\"field\":\"a\"}";
  private static final String STRING = "{\"type\":\"string\",\"field\":\"a\"}";
  private static final String MILLIS =
      "{\"type\":\"int64\",\"name\":\"io.debezium.time.Timestamp\",\"field\":\"a\"}";

  private static Schema stored(String type) {
    return Schema.of(
        List.of(new Column("id", Type.INT64, 0), new Column("a", Type.parse(type), 1)));
  }

  /** As a run declares a table that is stored: types that values never have by themselves help. */
  private static ParseConfig keeping(String type, Map<String, String> declared) {
    Type of = Type.parse(type);
    boolean isInferred =
        switch (of.kind()) {
          case NULL, BOOLEAN, INT64, DOUBLE, STRING, LIST -> true;
          default -> false;
        };
    Schema base = Schema.of(isInferred ? List.of() : List.of(new Column("a", of, 1)));
    return config(table("t", List.of("id"), declared).withBase(base).keeping(stored(type)));
  }

  private static String row(String value) {
    return event("c", "{\"id\":1,\"a\":" + value + "}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {
        "boolean;true;Boolean:true",
        "int;2147483647;Long:2147483647",
        "bigint;2147483648;Long:2147483648",
        "double;1.5;Double:1.5",
        "double;9007199254740992;Long:9007199254740992",
        "decimal(5,2);\"123.4\";BigDecimal:123.4",
        "decimal(5,2);999;BigDecimal:999",
        "decimal(5,2);1.500;BigDecimal:1.500",
        "decimal(5,2);0.0000;BigDecimal:0.0000",
        "date;\"2026-01-02\";LocalDate:\"2026-01-02\"",
        "timestamptz;\"2026-01-02T00:00:00Z\";Instant:\"2026-01-02T00:00:00Z\"",
        "bytes;\"AQI=\";HeapByteBuffer:\"AQI=\"",
        "list<int>;[1,null,2147483647];UnmodifiableRandomAccessList:[1,null,2147483647]",
        "list<null>;[];UnmodifiableRandomAccessList:[]",
        "uuid;\"no uuid\";String:\"no uuid\"",
        "string;5;Long:5",
        "string;{\"x\":1};String:\"{\\\"x\\\":1}\"",
        "null;\"x\";String:\"x\"",
        "null;5;Long:5",
        "bigint;null;null",
      })
  void aValueThatTheStoredTypeHoldsIsKept(String type, String value, String expected) {
    RecordedChanges changes = parse(keeping(type, Map.of()), row(value));

    assertEquals(
        "image t [id] {id=Long:1, a=" + expected + "}", changes.calls.get(0), () -> "of " + type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {
        "boolean;2",
        "int;2147483648",
        "int;1.5",
        "bigint;9223372036854775808",
        "bigint;1.5",
        "bigint;\"5\"",
        "bigint;[5]",
        "double;9007199254740993",
        "double;\"x\"",
        "decimal(5,2);1000",
        "decimal(5,2);1.234",
        "decimal(5,2);\"x\"",
        "date;\"soon\"",
        "timestamptz;true",
        "bytes;\"?\"",
        "list<int>;[2147483648]",
        "list<int>;[\"x\"]",
        "list<int>;5",
      })
  void aValueThatItDoesNotHoldIsADeadLetter(String type, String value) {
    assertEquals(
        List.of(
            "dead t wrong-type: column a must be " + type + ", as it is stored, but is " + value),
        parse(keeping(type, Map.of()), row(value)).calls);
  }

  @Test
  void aNewColumnIsLeftOutAndTold() {
    RecordedChanges changes =
        parse(
            keeping("bigint", Map.of()),
            event("c", "{\"new\":\"x\",\"id\":1,\"b\":{\"c\":1},\"a\":2,\"z\":true}"),
            event("c", "{\"id\":1}"));

    assertEquals(
        List.of(
            "image t [id] {id=Long:1, a=Long:2}",
            "left out t [new, b, z]",
            "image t [id] {id=Long:1}"),
        changes.calls);
  }

  @Test
  void aColumnThatIsDeclaredIsNotAddedForIt() {
    ParseConfig keeping = keeping("bigint", Map.of("new", "date"));

    assertEquals(
        List.of("image t [id] {id=Long:1, a=Long:2}", "left out t [new]"),
        parse(keeping, event("c", "{\"id\":1,\"a\":2,\"new\":\"2026-01-01\"}")).calls);
    assertEquals(stored("bigint").column("a").type(), schema(keeping).column("a").type());
    assertEquals(null, schema(keeping).column("new"));
  }

  @Test
  void aDeclarationStillSaysHowValuesAreSent() {
    assertEquals(
        List.of("image t [id] {id=Long:1, a=LocalDateTime:\"1970-01-01T00:00:01\"}"),
        parse(keeping("timestamp", Map.of("a", "timestamp(3)")), row("1000")).calls);
  }

  @Test
  void aRequiredColumnThatIsNotStoredMustStillHaveAValue() {
    TableSpec table =
        new TableSpec("t", List.of("id"), Map.of(), Set.of("must"), TableSpec.Form.CHANGES)
            .keeping(stored("bigint"));

    assertEquals(
        List.of(
            "image t [id] {id=Long:1}",
            "left out t [must]",
            "dead t missing-column: column must must have a value"),
        parse(config(table), event("c", "{\"id\":1,\"must\":2}"), event("c", "{\"id\":1}")).calls);
  }

  @Test
  void theSchemaOfTheEventSaysHowValuesAreSentNotWhatIsStored() {
    assertEquals(
        "image t [id] {id=Long:1, a=LocalDateTime:\"1970-01-01T00:00:01\"}",
        typed("timestamp", MILLIS, "1000").calls.get(0));
    assertEquals("image t [id] {id=Long:1, a=Long:5}", typed("int", INT64, "5").calls.get(0));
    assertEquals(
        "dead t wrong-type: column a must be int, as it is stored, but is 2147483648",
        typed("int", INT64, "2147483648").calls.get(0));
    assertEquals(
        "dead t wrong-type: column a must be bigint, as it is stored, but is \"5\"",
        typed("bigint", STRING, "\"5\"").calls.get(0));
  }

  private static String typedEvent(String column, String value) {
    String row =
        "{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"field\":\"id\"},"
            + column
            + "],\"field\":\"after\"}";
    return "{\"schema\":{\"type\":\"struct\",\"fields\":[%s]},\"payload\":%s}"
        .formatted(
            row,
            "{\"before\":null,\"after\":{\"id\":1,\"a\":%s},\"source\":%s,\"op\":\"c\"}"
                .formatted(value, source("t")));
  }

  private static RecordedChanges typed(String stored, String column, String value) {
    return parse(keeping(stored, Map.of()), typedEvent(column, value));
  }

  @Test
  void aValueThatWasNotSentStaysAHole() {
    assertEquals(
        List.of("image t [id] {id=Long:1, a=HOLE}"),
        parse(keeping("bigint", Map.of()), row("\"" + ParseConfig.UNAVAILABLE + "\"")).calls);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "boolean",
        "int",
        "bigint",
        "double",
        "decimal(5,2)",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "bytes",
        "uuid",
        "json",
        "string",
        "list<int>",
        "list<list<double>>",
      })
  void whateverComesTheSchemaStays(String type) {
    List<String> lines =
        List.of(
            row("null"),
            row("true"),
            row("1"),
            row("2147483648"),
            row("9223372036854775808"),
            row("1.25"),
            row("1e300"),
            row("\"x\""),
            row("\"1.5\""),
            row("\"2026-01-01\""),
            row("\"2026-01-01T00:00:00Z\""),
            row("{\"x\":1}"),
            row("[]"),
            row("[1]"),
            row("[[1,2.5]]"),
            row("[[\"x\"]]"),
            event("c", "{\"id\":1,\"new\":1}"),
            typedEvent(INT64, "7"),
            typedEvent(STRING, "\"7\""),
            typedEvent(MILLIS, "7"),
            keyed("{\"id\":1}", event("d", "null")));

    TableReport report = report(keeping(type, Map.of()), lines);

    Schema stored = stored(type);
    assertEquals(stored, stored.join(report.schema()));
    assertEquals(lines.size(), report.count(TableReport.READ));
    assertEquals(lines.size(), report.count(TableReport.MERGED) + report.count(TableReport.DEAD));
    assertEquals(
        1,
        report.count(
            TableReport.NOTE
                + "`new` is not a column of the stored table, whose schema stays: left out"));
  }

  /** Else a later run would take what is stored for nulls. */
  @ParameterizedTest
  @CsvSource({"null, 5, string", "list<null>, [5], list<string>"})
  void aColumnOfNullsIsKeptAsTheTextThatItIsStoredAs(String stored, String value, String kept) {
    TableReport report = report(keeping(stored, Map.of()), List.of(row(value)));

    assertEquals(Type.parse(kept), report.schema().column("a").type());
  }

  private static Schema schema(ParseConfig config) {
    return Objects.requireNonNull(config.tables().get("t")).schema();
  }

  private static TableReport report(ParseConfig config, List<String> lines) {
    ChangeCollector collector = new ChangeCollector(config.buckets(), 0, (bucket, batch) -> {});
    ChangeParser parser = new ChangeParser(config, collector);
    for (String line : lines) {
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      parser.parse("file", 0, 0, bytes, 0, bytes.length);
    }

    return Objects.requireNonNull(collector.finish().table("t"));
  }
}
