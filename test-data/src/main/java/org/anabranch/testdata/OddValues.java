package org.anabranch.testdata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** JSON values and names that sources send now and then, and readers trip over. */
final class OddValues {

  /** Values of each type. */
  static final List<String> OF_ANY_TYPE =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "-0",
          "17",
          "17.0",
          "17.50",
          "-1.5",
          "1e3",
          "0.1",
          "\"\"",
          "\" \"",
          "\"17\"",
          "\"17.0\"",
          "\"true\"",
          "\"text\"",
          "{}",
          "[]",
          "{\"a\":1}",
          "[1,\"a\",null]",
          "[[1],[]]",
          "{\"scale\":2,\"value\":\"MDk=\"}",
          "\"2026-04-02\"",
          "\"2026-04-02T10:00:00Z\"");

  /** Numbers and times that no type holds, or only just. */
  static final List<String> EXTREMES =
      List.of(
          "2147483647",
          "2147483648",
          "-2147483648",
          "-2147483649",
          "9007199254740993",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "-9223372036854775809",
          "18446744073709551616",
          "99999999999999999999999999999999999999",
          "100000000000000000000000000000000000000",
          "0.00000000000000000000000000000000000001",
          "123456789012345678901234567890.123456789",
          "0.1234567890123456789012345678901234567890123456789",
          "1e38",
          "1e39",
          "1e-400",
          "1e400",
          "-1e400",
          "1.7976931348623157e308",
          "4.9e-324",
          "1e1000000000",
          "1e-1000000000",
          "1e99999999999999999999",
          "1" + "0".repeat(1200),
          "0." + "1".repeat(1200),
          "\"1e1000000000\"",
          "\"NaN\"",
          "\"Infinity\"",
          "\"-infinity\"",
          "\"infinity\"",
          "\"0000-00-00\"",
          "\"0001-01-01\"",
          "\"-4713-01-01\"",
          "\"9999-12-31T23:59:59.999999999Z\"",
          "\"10000-01-01\"",
          "\"+999999999-12-31T23:59:59Z\"",
          "\"24:00:00\"",
          "\"-01:00:00\"",
          "\"838:59:59\"",
          "\"2026-02-30\"",
          "\"2026-04-02T10:00:00+18:01\"");

  /** Names of columns. */
  static final List<String> NAMES =
      List.of(
          "",
          " ",
          "_ab_position",
          "_ab_bucket",
          "_ab_x",
          "_AB_POSITION",
          "ID",
          "Name",
          "a.element",
          "notes.element",
          "name.",
          ".",
          "a/b",
          "select",
          "a\\u0000b",
          "a\\tb",
          "a\\nb",
          "\\u001b[31mred",
          "\\ud800",
          "__deleted",
          "__op",
          "before",
          "after",
          utf8("naïve 日本 😀"),
          "n".repeat(300),
          "n".repeat(70_000));

  /** Names of tables. */
  static final List<String> TABLES =
      List.of(
          "\"\"",
          "\" \"",
          "\".\"",
          "\"..\"",
          "\"../up\"",
          "\"a/b\"",
          "\"a\\u0000b\"",
          "\"a\\nb\"",
          "\"\\u001b[31mred\"",
          "\"dead_letters\"",
          "\"change_archive\"",
          "\"_ab_x\"",
          "\"X17\"",
          "\"x17_history\"",
          "\"x17.y\"",
          "\"with space\"",
          "\"" + utf8("größe") + "\"",
          "\"" + "t".repeat(300) + "\"",
          "\"\\ud800\"",
          "null",
          "7",
          "{}");

  /** Positions that no PostgreSQL server has. */
  static final List<String> NO_LSN =
      List.of(
          "null",
          "\"abc\"",
          "\"\"",
          "-1",
          "-9223372036854775808",
          "1152921504606846976",
          "9223372036854775807",
          "9223372036854775808",
          "18446744073709551615",
          "340282366920938463463374607431768211456",
          "1.5",
          "1e30",
          "true",
          "{}",
          "[1]");

  /** Positions that may be some server's, but do not fit those before and behind. */
  static final List<String> OTHER_LSN =
      List.of(
          "0", "1", "1000", "99036792", "99999999999", "72057594037927935", "72057594037927936");

  static final List<String> SEQUENCES =
      List.of(
          "null",
          "\"\"",
          "\"[]\"",
          "\"[null,null]\"",
          "\"[\\\"5\\\"]\"",
          "\"[\\\"5\\\",\\\"6\\\",\\\"7\\\"]\"",
          "\"[5,6]\"",
          "\"[\\\"-1\\\",\\\"6\\\"]\"",
          "\"[\\\"9223372036854775808\\\",\\\"1\\\"]\"",
          "\"[\\\"a\\\",\\\"b\\\"]\"",
          "\"no list\"",
          "[\"5\",\"6\"]",
          "17");

  /** Times of sources. */
  static final List<String> TIMES =
      List.of(
          "null",
          "0",
          "-1",
          "1",
          "4102444800000",
          "9007199254740993",
          "9223372036854775807",
          "-9223372036854775808",
          "9223372036854775808",
          "1e18",
          "1.5",
          "\"text\"",
          "\"2026-04-02T10:00:00Z\"",
          "true",
          "{}");

  static final List<String> FILES =
      List.of(
          "null",
          "\"\"",
          "\"mysql-bin\"",
          "\"mysql-bin.\"",
          "\"mysql-bin.-1\"",
          "\"mysql-bin.0\"",
          "\"mysql-bin.00000000000000000099\"",
          "\"mysql-bin.999999999\"",
          "\"mysql-bin.1000000000\"",
          "\"mysql-bin.99999999999999999999\"",
          "\"mysql-bin.1e3\"",
          "\"other-bin.000098\"",
          "7");

  static final List<String> SOURCES =
      List.of("\"shop2\"", "\"\"", "\" \"", "\"Shop\"", "\"a\\tb\"", "null", "7", "{}");

  static final List<String> CONNECTORS =
      List.of(
          "\"mysql\"",
          "\"mariadb\"",
          "\"sqlserver\"",
          "\"oracle\"",
          "\"mongodb\"",
          "\"db2\"",
          "\"vitess\"",
          "\"POSTGRESQL\"",
          "\"unknown\"",
          "\"\"",
          "null",
          "7");

  static final List<String> SCHEMAS =
      List.of("\"sales\"", "\"\"", "\"PUBLIC\"", "\"a.b\"", "\"a\\tb\"", "null", "7");

  static final List<String> KEYS =
      List.of(
          "null",
          "{}",
          "7",
          "\"text\"",
          "[1]",
          "{\"other\":1}",
          "{\"id\":null}",
          "{\"ID\":1}",
          "{\"id\":1,\"order_id\":2}",
          "{\"order_id\":2,\"id\":1}",
          "{\"\":1}",
          "{\"_ab_position\":1}",
          "{\"id\":{\"a\":1}}",
          "{\"id\":[1]}",
          "{\"id\":1.5}",
          "{\"id\":true}",
          "{\"schema\":null,\"payload\":{\"id\":1}}");

  static final List<String> OPERATIONS =
      List.of("\"t\"", "\"m\"", "\"x\"", "\"\"", "\"C\"", "\"r\"", "\"d\"", "null", "7", "{}");

  /** Whole lines that are no events. */
  static final List<String> NO_EVENTS =
      List.of(
          "",
          "   ",
          "null",
          "0",
          "true",
          "\"text\"",
          "[]",
          "{}",
          "[{}]",
          "{\"a\":1}",
          "{\"value\":{}}",
          "{\"value\":7}",
          "{\"value\":[1]}",
          "{\"value\":\"text\"}",
          "{\"before\":null,\"after\":null,\"op\":\"c\"}",
          "{\"schema\":{},\"payload\":null}",
          "{\"schema\":7,\"payload\":7}",
          "{\"topic\":7,\"partition\":\"a\",\"offset\":-1,\"value\":{}}",
          "{\"topic\":\"shop.public.customers\",\"value\":{\"a\":1}}",
          "{\"topic\":\"shop.public.customers\",\"partition\":99999999999,\"offset\":1e99,"
              + "\"value\":{}}",
          "\u0000\u0000\u0000\u0000",
          "\u001b]0;title\u0007",
          "\u001f\u008b\u0008\u0000",
          "id;name",
          "x".repeat(1 << 16));

  /** Put into texts: bytes and escapes. */
  static final List<String> IN_TEXTS =
      List.of(
          "\u00e9",
          "\u00c0\u00af",
          "\u00ed\u00a0\u0080",
          "\u00f4\u0090\u0080\u0080",
          "\u00ff\u00fe",
          "\u0001",
          "\u001b[31m",
          "\\ud800",
          "\\udc00\\ud800",
          "\\u0000",
          "\\u001b[31m",
          "\\ud83d\\ude00",
          "\\x41",
          "\\u12",
          utf8("\u2028\uffff\u202e😀"),
          "\"",
          "\\");

  private OddValues() {}

  /** The UTF-8 bytes of a text, a character for each. */
  static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** A value of lists or objects in each other. */
  static String nested(Dice dice) {
    int depth = dice.pick(List.of(2, 10, 63, 64, 65, 499, 1_001, 20_000));
    List<String> ways = new ArrayList<>(List.of("[|]", "{\"a\":|}", "[{\"a\":|}]", "[[|],1]"));
    String[] way = dice.pick(ways).split("\\|", -1);
    return way[0].repeat(depth) + "1" + way[1].repeat(depth);
  }
}
