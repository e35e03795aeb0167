package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyWriterTest {

  @Test
  void bytesOfIntegersOrderAsTheIntegersDo() {
    Generated.forSeeds(
        5000,
        generated -> {
          long left = generated.number();
          long right = generated.number();
          assertThat(order(key(left), key(right)), is(Long.compare(left, right)));
        });
  }

  @Test
  void bytesOfTextOrderByCodePoint() {
    Generated.forSeeds(
        5000,
        generated -> {
          String left = generated.text();
          String right = generated.text();
          int expected = Arrays.compareUnsigned(utf8(left), utf8(right));
          assertThat(order(key(left), key(right)), is(Integer.signum(expected)));
        });
  }

  @Test
  void bytesOfCompositeKeysOrderColumnByColumn() {
    Generated.forSeeds(
        5000,
        generated -> {
          String leftText = generated.text();
          String rightText = generated.oneIn(2) ? leftText : generated.text();
          long left = generated.number();
          long right = generated.number();
          int expected = Arrays.compareUnsigned(utf8(leftText), utf8(rightText));
          if (expected == 0) {
            expected = Long.compare(left, right);
          }

          assertThat(
              order(key(leftText, left), key(rightText, right)), is(Integer.signum(expected)));
          assertThat(
              order(key(left, leftText), key(right, rightText)),
              is(
                  order(key(left), key(right)) == 0
                      ? order(key(leftText), key(rightText))
                      : order(key(left), key(right))));
        });
  }

  @Test
  void bytesOfDatesTimesAndTimestampsOrderAsTheyDo() {
    LocalDateTime moon = LocalDateTime.parse("1969-07-20T20:17:40");
    LocalDateTime web = LocalDateTime.parse("1991-08-06T14:56:20.000001");
    assertThat(order(key(moon.toLocalDate()), key(web.toLocalDate())), is(-1));
    assertThat(order(key(moon.toLocalTime()), key(web.toLocalTime())), is(1));
    assertThat(order(key(moon), key(web)), is(-1));
    assertThat(order(key(Instant.EPOCH.minusMillis(1)), key(Instant.EPOCH)), is(-1));
  }

  @Test
  void equalNumbersHaveEqualKeysWhateverTheirType() {
    for (Object seven : List.of(7L, 7.0, new BigDecimal("7.00"), new BigDecimal("0.7E1"))) {
      assertThat(key(seven), is(key(7)));
    }

    assertThat(key(-0.0), is(key(0)));
    assertThat(key(new BigDecimal("0.000")), is(key(0)));
    assertThat(key(new BigDecimal("1E+3")), is(key(1000)));
    assertThat(key(0.5), is(key(new BigDecimal("0.50"))));
    assertThat(key(0.1), is(key(new BigDecimal("0.1"))));
    assertThat(key(1e300), is(key(new BigDecimal("1E+300"))));
  }

  @Test
  void equalNumbersOf19DigitsHaveEqualKeysToo() {
    Generated.forSeeds(
        2000,
        generated -> {
          long number = generated.number();
          assertThat(key(BigDecimal.valueOf(number).setScale(2)), is(key(number)));
        });
    assertThat(key(new BigDecimal(Long.MIN_VALUE)), is(key(Long.MIN_VALUE)));
    assertThat(key(new BigDecimal(Long.MAX_VALUE)), is(key(Long.MAX_VALUE)));
  }

  @Test
  void differentNumbersHaveDifferentKeys() {
    BigInteger beyond = BigInteger.ONE.shiftLeft(63);
    assertThat(key(new BigDecimal(beyond)), is(not(key(Long.MIN_VALUE))));
    assertThat(key(new BigDecimal(beyond)), is(not(key(Long.MAX_VALUE))));
    assertThat(key(0.5), is(not(key(new BigDecimal("0.51")))));
    assertThat(key(1e18 + 1024), is(not(key(1e18))));
    assertThat(key(new BigDecimal("1E+999999999")), is(not(key(new BigDecimal("1E+999999998")))));
  }

  @Test
  void everyValueHasTheKeyOfItsText() {
    Generated.forSeeds(
        20_000,
        generated -> {
          Object value = generated.value();
          boolean isNan = value instanceof Double number && number.isNaN();
          boolean isKey = value != null && !(value instanceof List) && !isNan;
          if (isKey) {
            assertThat(key(value), is(key(Values.text(value))));
          }
        });
    for (Object value :
        List.of(
            true,
            false,
            1,
            -0.0,
            0.1,
            1e300,
            Double.MIN_VALUE,
            new BigDecimal("1E+200001"),
            new BigDecimal("-1.5E-300000"),
            LocalDate.MAX,
            LocalTime.MAX.minusNanos(999))) {
      assertThat(key(value), is(key(Values.text(value))));
    }
  }

  @Test
  void textThatIsThePlainFormOfANumberHasTheKeyOfTheNumber() {
    assertThat(key("1"), is(key(1)));
    assertThat(key("0"), is(key(0)));
    assertThat(key("-12"), is(key(-12)));
    assertThat(key("1.5"), is(key(new BigDecimal("1.50"))));
    assertThat(key("-0.001"), is(key(new BigDecimal("-0.001"))));
    assertThat(key("9223372036854775807"), is(key(Long.MAX_VALUE)));
    assertThat(key("-9223372036854775808"), is(key(Long.MIN_VALUE)));
    for (String beyond :
        List.of("9223372036854775808", "-9223372036854775809", "9".repeat(19), "1".repeat(40))) {
      assertThat(key(beyond), is(key(new BigDecimal(beyond))));
    }
  }

  @Test
  void otherTextWithDigitsIsOnlyText() {
    for (String text :
        List.of(
            "", "-", "+1", "01", "00", "-0", "-01", "1.", ".5", "1.0", "1.50", "-0.0", "1e3", " 1",
            "1 ", "1.2.3", "--1", "1-2", "NaN", "\u0661")) {
      assertThat(key(text)[0], is((byte) Values.STRING));
    }
  }

  @Test
  void aLongNumberTakesATimeThatGrowsWithItsLength() {
    String digits = "7".repeat(5_000_000);
    byte[] key = key(digits);
    assertThat(key.length, is(digits.length() + 3));
    assertThat(key("0." + digits)[0], is(key[0]));
    assertThat(key(digits + "x")[0], is((byte) Values.STRING));
  }

  @Test
  void zeroBytesDoNotBlurTheBordersOfColumns() {
    assertThat(key("a", "b"), is(not(key("a\0b", ""))));
    assertThat(key("a\0", "b"), is(not(key("a", "\0b"))));
    assertThat(key("\0\0"), is(not(key("", ""))));
    assertThat(order(key("a"), key("a\0")), is(-1));
    assertThat(order(key("a\0"), key("a\1")), is(-1));
    assertThat(key("\0\0a"), is(new byte[] {6, 0, -1, 0, -1, 'a', 0, 0}));
  }

  @Test
  void noKeyIsThePrefixOfAnother() {
    Generated.forSeeds(
        5000,
        generated -> {
          byte[] left = key(generated.text());
          byte[] right = key(generated.text());
          boolean isPrefix =
              right.length > left.length && Arrays.equals(left, Arrays.copyOf(right, left.length));
          assertThat(isPrefix, is(false));
        });
  }

  @Test
  void readerStandsBehindEveryValueThatWasAdded() {
    List<Object> columns = List.of(1L, "text", 1.5, new BigDecimal("2.5"), true, LocalDate.MIN);
    ByteWriter out = new ByteWriter(0);
    columns.forEach(value -> Values.write(out, value));
    ByteReader in = new ByteReader(out.toByteArray());
    KeyWriter key = new KeyWriter();
    columns.forEach(value -> assertThat(key.add(in), is(true)));
    assertThat(in.hasMore(), is(false));
    assertThat(key.toByteArray(), is(key(columns.toArray())));
  }

  @Test
  void nullsHolesAndListsCannotBePartOfAKey() {
    for (byte[] value :
        List.of(Values.encode(null), new byte[] {Values.UNAVAILABLE}, Values.encode(List.of(1)))) {
      assertThat(new KeyWriter().add(new ByteReader(value)), is(false));
    }
  }

  @Test
  void notANumberAndDaysThatNoCalendarHasCannotBePartOfAKey() {
    byte[] day = {Values.DATE, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
    byte[] time = {Values.TIME, 1};
    for (byte[] value :
        List.of(Values.encode(Double.NaN), Values.encode(Double.NEGATIVE_INFINITY), day, time)) {
      assertThat(new KeyWriter().add(new ByteReader(value)), is(false));
    }
  }

  @Test
  void bucketsNeverChangeBecauseTablesAreStoredByThem() {
    assertThat(bucket(key(1), 16), is(5));
    assertThat(bucket(key(2), 16), is(2));
    assertThat(bucket(key(Long.MAX_VALUE), 16), is(14));
    assertThat(bucket(key(new BigDecimal("1.50")), 16), is(11));
    assertThat(bucket(key("customer-42"), 16), is(5));
    assertThat(bucket(key("Zürich", 7), 4096), is(3125));
    assertThat(bucket(key(LocalDate.EPOCH), 4096), is(3164));
  }

  @Test
  void oneBucketHoldsEveryKey() {
    Generated.forSeeds(100, generated -> assertThat(bucket(key(generated.text()), 1), is(0)));
  }

  @Test
  void writerKnowsTheBucketOfItsKey() {
    KeyWriter writer = new KeyWriter();
    writer.add(new ByteReader(Values.encode("longer than what follows")));
    writer.reset().add(new ByteReader(Values.encode("short")));
    assertThat(writer.toByteArray(), is(key("short")));
    assertThat(writer.bucket(64), is(bucket(key("short"), 64)));
  }

  @Test
  void consecutiveNumbersAndTextsSpreadEvenlyOverAnyNumberOfBuckets() {
    for (int buckets : List.of(2, 7, 16, 100)) {
      int[] numbers = new int[buckets];
      int[] texts = new int[buckets];
      int each = 1000;
      for (int i = 0; i < buckets * each; i++) {
        numbers[bucket(key(i), buckets)]++;
        texts[bucket(key("customer-" + i), buckets)]++;
      }

      for (int bucket = 0; bucket < buckets; bucket++) {
        assertThat(numbers[bucket], is(both(greaterThan(700)).and(lessThan(1300))));
        assertThat(texts[bucket], is(both(greaterThan(700)).and(lessThan(1300))));
      }
    }
  }

  private static byte[] key(Object... columns) {
    KeyWriter key = new KeyWriter();
    for (Object column : columns) {
      assertThat(key.add(new ByteReader(Values.encode(column))), is(true));
    }

    return key.toByteArray();
  }

  private static int bucket(byte[] key, int buckets) {
    return KeyWriter.bucket(key, 0, key.length, buckets);
  }

  private static int order(byte[] left, byte[] right) {
    return Integer.signum(Arrays.compareUnsigned(left, right));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
