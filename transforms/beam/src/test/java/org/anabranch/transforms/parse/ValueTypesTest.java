package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.event;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.anabranch.transforms.parse.RecordedChanges.table;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.anabranch.model.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueTypesTest {

  private static RecordedChanges read(String type, String value) {
    Map<String, String> columns = type.isEmpty() ? Map.of() : Map.of("a", type);
    return parse(
        config(table("t", List.of("id"), columns)),
        event("c", "{\"id\":1,\"a\":" + value + ",\"z\":9}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {
        "5;Long:5",
        "-0;Long:0",
        "9223372036854775807;Long:9223372036854775807",
        "9223372036854775808;BigDecimal:9223372036854775808",
        "1.5;Double:1.5",
        "1e3;Double:1000.0",
        "-0.0;Double:-0.0",
        "0e99999999999;Double:0.0",
        "0.1000;Double:0.1",
        "12345678901234.5678;BigDecimal:12345678901234.5678",
        "99999999999999.9999;BigDecimal:99999999999999.9999",
        "12345678901234567890.123456789;BigDecimal:12345678901234567890.123456789",
        "-1.00000000000000000001;BigDecimal:-1.00000000000000000001",
        "0.1e-30;Double:1.0E-31",
        "9007199254740993.0;BigDecimal:9007199254740993",
        "1.5e300;Double:1.5E300",
        "1.5e999999999;String:\"1.5e999999999\"",
        "99999999999999999999999999999999999999;BigDecimal:99999999999999999999999999999999999999",
        "999999999999999999999999999999999999999;"
            + "String:\"999999999999999999999999999999999999999\"",
        "0.12345678901234567;BigDecimal:0.12345678901234567",
        "0.12345678901234568;Double:0.12345678901234568",
        "0.1234567890123456789012345678901234567890;"
            + "String:\"0.123456789012345678901234567890123456789\"",
        "true;Boolean:true",
        "null;null",
        "\"x\";String:\"x\"",
        "\"€\\u20ac\\ud83d\\ude00\";String:\"€€😀\"",
        "[1,null,\"x\"];UnmodifiableRandomAccessList:[1,null,\"x\"]",
        "[];UnmodifiableRandomAccessList:[]",
        "[1,[2]];String:\"[1,[2]]\"",
        "[{\"b\" : 1}];String:\"[{\\\"b\\\":1}]\"",
        "{\"b\": [1, {\"c\":\"\\n\\\"\"}],\"d\":1.50};"
            + "String:\"{\\\"b\\\":[1,{\\\"c\\\":\\\"\\\\u000a\\\\\\\"\\\"}],\\\"d\\\":1.50}\"",
        "{\"b\":1,\"c\":2,\"b\":3};String:\"{\\\"b\\\":3,\\\"c\\\":2}\"",
        "{\"scale\":1,\"value\":\"AQ==\"};BigDecimal:0.1",
        "{\"scale\":1,\"value\":\"AQ==\",\"x\":1};"
            + "String:\"{\\\"scale\\\":1,\\\"value\\\":\\\"AQ==\\\",\\\"x\\\":1}\"",
        "{\"scale\":999999999,\"value\":\"AQ==\"};"
            + "String:\"{\\\"scale\\\":999999999,\\\"value\\\":\\\"AQ==\\\"}\"",
      })
  void typesFollowFromTheValue(String json, String expected) {
    RecordedChanges changes = read("", json);
    assertEquals(expected, changes.rows.get(0).get("a"));
    assertEquals("Long:9", changes.rows.get(0).get("z"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {
        "boolean;true;Boolean:true",
        "boolean;0;Boolean:false",
        "int;-2147483648;Long:-2147483648",
        "int;5.0;Long:5",
        "bigint;9223372036854775807;Long:9223372036854775807",
        "double;2;Double:2.0",
        "double;1.25;Double:1.25",
        "double;\"NaN\";Double:\"NaN\"",
        "double;\"-Infinity\";Double:\"-Infinity\"",
        "decimal(10,2);\"12.34\";BigDecimal:12.34",
        "decimal(10,2);\"-0.07\";BigDecimal:-0.07",
        "decimal(10,2);\"-.5\";BigDecimal:-0.50",
        "decimal(10,2);\"12.3\";BigDecimal:12.30",
        "decimal(10,2);\"12.3400\";BigDecimal:12.34",
        "decimal(10,2);\"150\";BigDecimal:150.00",
        "decimal(10,2);7;BigDecimal:7.00",
        "decimal(10,2);7.25;BigDecimal:7.25",
        "decimal(10,2);1E2;BigDecimal:100.00",
        "decimal(10,2);\"A+c=\";BigDecimal:9.99",
        "decimal(10,2);\"8712\";BigDecimal:-8034.66",
        "decimal(10,0);\"8712\";BigDecimal:8712",
        "decimal(10,2);\"99999999.99\";BigDecimal:99999999.99",
        "decimal(38,10);\"1234567890123456789012345678.0123456789\";"
            + "BigDecimal:1234567890123456789012345678.0123456789",
        "decimal(10,2);{\"scale\":3,\"value\":\"AQA=\"};null",
        "decimal(10,2);{\"scale\":1,\"value\":\"AQA=\"};BigDecimal:25.60",
        "decimal;\"1.50\";BigDecimal:1.50",
        "decimal;\"NAN\";String:\"NaN\"",
        "decimal;\"-Infinity\";String:\"-Infinity\"",
        "decimal;1e999999999;String:\"1e999999999\"",
        "decimal;\"1234567890123456789012345678901234567890.50\";"
            + "String:\"1234567890123456789012345678901234567890.5\"",
        "decimal;{\"scale\":1,\"value\":\"AQ==\"};BigDecimal:0.1",
        "date;7363;LocalDate:\"1990-02-28\"",
        "date;\"1990-02-28Z\";LocalDate:\"1990-02-28\"",
        "time;86399123456;LocalTime:\"23:59:59.123456\"",
        "time(3);1500;LocalTime:\"00:00:01.5\"",
        "time;\"23:59:59.123456Z\";LocalTime:\"23:59:59.123456\"",
        "timestamp(3);1767323045678;LocalDateTime:\"2026-01-02T03:04:05.678\"",
        "timestamp(6);1767323045678901;LocalDateTime:\"2026-01-02T03:04:05.678901\"",
        "timestamp;1767323045678901;LocalDateTime:\"2026-01-02T03:04:05.678901\"",
        "timestamp(9);1767323045678901000;LocalDateTime:\"2026-01-02T03:04:05.678901\"",
        "timestamp(9);1767323045678901001;String:\"2026-01-02T03:04:05.678901001\"",
        "timestamp;\"2026-01-02 03:04:05\";LocalDateTime:\"2026-01-02T03:04:05\"",
        "timestamptz;\"2026-01-02T05:04:05.678901+02:00\";Instant:\"2026-01-02T03:04:05.678901Z\"",
        "timestamptz(3);-1;Instant:\"1969-12-31T23:59:59.999Z\"",
        "bytes;\"3q2+7w==\";HeapByteBuffer:\"3q2+7w==\"",
        "bytes;\"\";HeapByteBuffer:\"\"",
        "uuid;\"00000000-0000-0000-0000-00000000000a\";"
            + "String:\"00000000-0000-0000-0000-00000000000a\"",
        "json;{\"b\": 1};String:\"{\\\"b\\\":1}\"",
        "json;\"{\\\"b\\\": 1}\";String:\"{\\\"b\\\": 1}\"",
        "string;5;String:\"5\"",
        "list<date>;[0,null];UnmodifiableRandomAccessList:[\"1970-01-01\",null]",
        "list<decimal(5,1)>;[\"1.5\",2];UnmodifiableRandomAccessList:[1.5,2.0]",
      })
  void valuesAreReadAsDeclared(String type, String json, String expected) {
    RecordedChanges changes = read(type, json);
    if (expected.equals("null")) {
      assertEquals(List.of(wrongType(type, json)), changes.calls);
      return;
    }

    assertEquals(expected, changes.rows.get(0).get("a"));
    assertEquals("Long:9", changes.rows.get(0).get("z"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '\u0001',
      value = {
        "boolean;2",
        "boolean;\"true\"",
        "int;2147483648",
        "int;\"5\"",
        "int;5.5",
        "bigint;9223372036854775808",
        "bigint;1e400",
        "double;\"1.5\"",
        "double;1e999",
        "decimal(10,2);\"12.345\"",
        "decimal(10,2);\"100000000.00\"",
        "decimal(10,2);\"NaN\"",
        "decimal(10,2);1e999999999",
        "decimal(10,2);\"\"",
        "decimal;\"x\"",
        "date;\"1990-02-29\"",
        "date;\"yesterday\"",
        "date;1.5",
        "date;2147483648",
        "date;-9223372036854775808",
        "time;86400000000",
        "time;\"24:00:00\"",
        "timestamp;\"2026-01-02T03:04:05.1234567\"",
        "timestamp;\"2026-13-02T03:04:05\"",
        "timestamp(3);9223372036825200000",
        "timestamptz;true",
        "bytes;\"%%\"",
        "bytes;5",
        "uuid;\"1\"",
        "list<int>;[\"x\"]",
        "list<int>;\"x\"",
      })
  void valuesThatDoNotFitAreDead(String type, String json) {
    assertEquals(List.of(wrongType(type, json)), read(type, json).calls);
  }

  private static String wrongType(String type, String json) {
    return "dead t wrong-type: column a must be %s, but is %s; declared with --columns=t:a %s"
        .formatted(type.replaceAll("\\([0-9]\\)", ""), json, type);
  }

  @Test
  void aDeadLetterShowsTheStartOfTheValueAndNothingThatATerminalObeys() {
    String detail = read("int", "\"\\u001b[31m\u202e" + "x".repeat(100) + "\"").calls.get(0);
    assertEquals(
        "dead t wrong-type: column a must be int, but is \"\\u001b[31m\\u{202e}"
            + "x".repeat(28)
            + "…\"; declared with --columns=t:a int",
        detail);
  }

  /** Digits are read in a time that grows with their number; the square would take minutes. */
  @Test
  void numbersOfAMillionDigitsKeepEveryDigit() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (String digits : List.of("7".repeat(1200), "7".repeat(1_000_000))) {
            assertEquals("String:\"" + digits + "\"", read("", digits).rows.get(0).get("a"));
            String fraction = "0." + digits;
            assertEquals("String:\"" + fraction + "\"", read("", fraction).rows.get(0).get("a"));
            assertEquals("String:\"" + digits + "\"", read("decimal", digits).rows.get(0).get("a"));
            assertEquals(1, read("decimal(38,0)", digits).calls.size());
            assertEquals(1, read("bigint", digits).calls.size());
            assertEquals(1, read("double", digits).calls.size());
            assertEquals(
                "BigDecimal:1",
                read("decimal(1,0)", "1." + "0".repeat(digits.length())).rows.get(0).get("a"));
          }
        });
  }

  @Test
  void zerosThatAnExponentStandsForAreWrittenUpToAThousand() {
    assertEquals("String:\"1" + "0".repeat(999) + "\"", read("", "1e999").rows.get(0).get("a"));
    assertEquals(
        "String:\"-0." + "0".repeat(399) + "12\"", read("", "-1.2e-400").rows.get(0).get("a"));
    assertEquals("String:\"1e1001\"", read("", "1e1001").rows.get(0).get("a"));
  }

  @Test
  void declaredTypesGoWithTheImage() {
    assertArrayEquals(
        new Type[] {null, Type.decimal(10, 2), null}, read("decimal(10,2)", "1").types.get(0));
    assertArrayEquals(null, read("", "1").types.get(0));
  }

  @Test
  void objectsWithoutADeclarationAreJson() {
    assertArrayEquals(new Type[] {null, Type.JSON, null}, read("", "{}").types.get(0));
  }

  @Test
  void unknownTypeIsNamedAtOnce() {
    assertThrows(IllegalArgumentException.class, () -> read("money", "1"));
  }
}
