package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.both;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
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
    assertThat(key(0x1p300), is(key(new BigDecimal(2).pow(300))));
  }

  @Test
  void equalNumbersOf19DigitsHaveEqualKeysToo() {
    Generated.forSeeds(
        2000,
        generated -> {
          long number = generated.number();
          assertThat(key(BigDecimal.valueOf(number).setScale(2)), is(key(number)));
        });
    assertThat(key(-0x1p63), is(key(Long.MIN_VALUE)));
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
  void valuesOfDifferentKindsHaveDifferentKeys() {
    List<Object> values =
        List.of(
            1L,
            true,
            "1",
            ByteBuffer.wrap(utf8("1")),
            LocalDate.ofEpochDay(1),
            LocalTime.ofNanoOfDay(1000),
            LocalDateTime.of(1970, 1, 1, 0, 0, 0, 1000),
            Instant.ofEpochSecond(0, 1000));
    assertThat(
        values.stream().map(value -> ByteBuffer.wrap(key(value))).distinct().count(),
        is((long) values.size()));
  }

  @Test
  void zeroBytesDoNotBlurTheBordersOfColumns() {
    assertThat(key("a", "b"), is(not(key("a\0b", ""))));
    assertThat(key("a\0", "b"), is(not(key("a", "\0b"))));
    assertThat(key("\0\0"), is(not(key("", ""))));
    assertThat(order(key("a"), key("a\0")), is(-1));
    assertThat(order(key("a\0"), key("a\1")), is(-1));
    byte[] bytes = {0, 0, -1};
    assertThat(key(ByteBuffer.wrap(bytes)), is(new byte[] {7, 0, -1, 0, -1, -1, 0, 0}));
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
  void notANumberIsRefusedAsAKey() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> key(Double.NaN));
    assertThat(e.getMessage(), containsString("a key must be a number, but was: NaN"));
  }

  @Test
  void bucketsNeverChangeBecauseTablesAreStoredByThem() {
    assertThat(bucket(key(1), 16), is(5));
    assertThat(bucket(key(2), 16), is(2));
    assertThat(bucket(key(Long.MAX_VALUE), 16), is(14));
    assertThat(bucket(key(new BigDecimal("1.50")), 16), is(11));
    assertThat(bucket(key("customer-42"), 16), is(5));
    assertThat(bucket(key("Zürich", 7), 4096), is(3125));
    assertThat(bucket(key(LocalDate.EPOCH), 4096), is(3479));
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
