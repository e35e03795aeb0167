package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValuesTest {

  private static final BigDecimal LONGEST =
      new BigDecimal(BigInteger.TEN.pow(Type.MAX_PRECISION).subtract(BigInteger.ONE), 10);

  /** The smallest, the largest and the oddest value of every kind. */
  private static final List<Object> EXTREMES =
      Arrays.asList(
          null,
          true,
          false,
          0L,
          Long.MIN_VALUE,
          Long.MAX_VALUE,
          0.0,
          -0.0,
          Double.NaN,
          Double.NEGATIVE_INFINITY,
          Double.MIN_VALUE,
          Double.MAX_VALUE,
          BigDecimal.ZERO,
          new BigDecimal("0.00"),
          new BigDecimal("-1E-1000"),
          new BigDecimal("1E+1000"),
          LONGEST,
          LONGEST.negate(),
          "",
          "\0",
          "Zürich 東京 🦀 \uFFFF",
          "x".repeat(127) + "ü",
          "x".repeat(100_000),
          ByteBuffer.wrap(new byte[0]),
          ByteBuffer.wrap(new byte[] {0, -1, 127, -128}),
          LocalDate.EPOCH,
          LocalDate.MIN,
          LocalDate.MAX,
          LocalTime.MIDNIGHT,
          LocalTime.parse("23:59:59.999999"),
          LocalDateTime.parse("1969-12-31T23:59:59.999999"),
          LocalDateTime.parse("-0044-03-15T12:00:00"),
          LocalDateTime.parse("+294247-01-10T04:00:54.775807"),
          Instant.EPOCH.minusNanos(1000),
          Values.instant(Long.MIN_VALUE),
          Values.instant(Long.MAX_VALUE),
          List.of(),
          Arrays.asList(null, 1L, "a", List.of(List.of())));

  @Test
  void extremeValuesComeBackAsTheyWere() {
    for (Object value : EXTREMES) {
      assertThat(Values.decode(Values.encode(value)), is(value));
    }
  }

  @Test
  void generatedValuesComeBackAsTheyWere() {
    Generated.forSeeds(
        20_000,
        generated -> {
          Object value = generated.value();
          assertThat(Values.decode(Values.encode(value)), is(value));
        });
  }

  @Test
  void valuesHaveEqualBytesExactlyIfTheyAreEqual() {
    Generated.forSeeds(
        20_000,
        generated -> {
          Object left = generated.value();
          Object right = generated.value();
          boolean isEqual = left == null ? right == null : left.equals(right);
          assertThat(Arrays.equals(Values.encode(left), Values.encode(right)), is(isEqual));
        });
  }

  @Test
  void integersOfAnyWidthHaveEqualBytes() {
    assertThat(Values.encode(-7), is(Values.encode(-7L)));
  }

  @Test
  void everyNotANumberHasEqualBytes() {
    double other = Double.longBitsToDouble(0x7FF8_0000_0000_0001L);
    assertThat(Values.encode(other), is(Values.encode(Double.NaN)));
  }

  @Test
  void scaleOfADecimalIsKept() {
    assertThat(
        Values.encode(new BigDecimal("1.50")), is(not(Values.encode(new BigDecimal("1.5")))));
  }

  @Test
  void readSkipAndTypeOfAllStopRightBehindTheValue() {
    List<Object> values = new ArrayList<>(EXTREMES);
    ByteWriter out = new ByteWriter(0);
    values.forEach(value -> Values.write(out, value));
    ByteReader reading = new ByteReader(out.toByteArray());
    ByteReader skipping = new ByteReader(out.toByteArray());
    ByteReader typing = new ByteReader(out.toByteArray());
    for (Object value : values) {
      assertThat(Values.read(reading), is(value));
      Values.skip(skipping);
      Values.typeOf(typing);
      assertThat(skipping.position(), is(reading.position()));
      assertThat(typing.position(), is(reading.position()));
    }

    assertThat(reading.hasMore(), is(false));
  }

  @Test
  void skipStopsRightBehindHolesAndCarriedValues() {
    ByteReader in =
        new ByteReader(new byte[] {Values.UNAVAILABLE, Values.CARRIED, 2, 9, 9, Values.TRUE});
    Values.skip(in);
    Values.skip(in);
    assertThat(Values.read(in), is(true));
  }

  @Test
  void holesAndCarriedValuesHaveNoDecodedForm() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> Values.decode(new byte[] {Values.UNAVAILABLE}));
    assertThat(e.getMessage(), is("tag 15 has no decoded form"));
  }

  @Test
  void bytesThatAreNoValueAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Values.skip(new ByteReader(new byte[] {99})));
  }

  @Test
  void objectsWithoutAnEncodingAreRefused() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Values.encode('x'));
    assertThat(e.getMessage(), containsString("no encoding for java.lang.Character"));
  }

  @Test
  void typeFitsTheValue() {
    assertThat(typeOf(null), is(Type.NULL));
    assertThat(typeOf(true), is(Type.BOOLEAN));
    assertThat(typeOf(1), is(Type.INT64));
    assertThat(typeOf(1L << 53), is(Type.INT64));
    assertThat(typeOf((1L << 53) + 1), is(Type.WIDE_INT64));
    assertThat(typeOf(Long.MIN_VALUE), is(Type.WIDE_INT64));
    assertThat(typeOf(1.0), is(Type.doubleOf(1, 0)));
    assertThat(typeOf(-12.25), is(Type.doubleOf(2, 2)));
    assertThat(typeOf(1e300), is(Type.DOUBLE));
    assertThat(typeOf("x"), is(Type.STRING));
    assertThat(typeOf(ByteBuffer.allocate(1)), is(Type.BYTES));
    assertThat(typeOf(LocalDate.EPOCH), is(Type.DATE));
    assertThat(typeOf(LocalTime.NOON), is(Type.TIME));
    assertThat(typeOf(LocalDateTime.MIN.withYear(1)), is(Type.TIMESTAMP));
    assertThat(typeOf(Instant.EPOCH), is(Type.TIMESTAMPTZ));
  }

  @Test
  void typeOfADecimalHasTheDigitsItNeeds() {
    assertThat(typeOf(new BigDecimal("12.50")), is(Type.decimal(4, 2)));
    assertThat(typeOf(new BigDecimal("0.001")), is(Type.decimal(3, 3)));
    assertThat(typeOf(new BigDecimal("1E+5")), is(Type.decimal(6, 0)));
    assertThat(typeOf(BigDecimal.ZERO), is(Type.decimal(1, 0)));
    assertThat(typeOf(LONGEST), is(Type.decimal(38, 10)));
  }

  @Test
  void typeOfADecimalThatIsTooLongIsText() {
    assertThat(typeOf(LONGEST.setScale(11)), is(Type.NUMBERS_AS_TEXT));
    assertThat(typeOf(new BigDecimal("1E+38")), is(Type.NUMBERS_AS_TEXT));
    assertThat(typeOf(new BigDecimal("1E-39")), is(Type.NUMBERS_AS_TEXT));
    assertThat(typeOf(new BigDecimal("1E+2147483647")), is(Type.NUMBERS_AS_TEXT));
    assertThat(typeOf(new BigDecimal("1E-2147483647")), is(Type.NUMBERS_AS_TEXT));
  }

  @Test
  void typeOfAListJoinsTheTypesOfItsElements() {
    assertThat(typeOf(List.of()), is(Type.listOf(Type.NULL)));
    assertThat(typeOf(Arrays.asList(1, null, 2.5)), is(Type.listOf(Type.doubleOf(19, 1))));
    assertThat(typeOf(List.of(1, "x")), is(Type.listOf(Type.parse("string|number"))));
    assertThat(
        typeOf(List.of(List.of(1), List.of(new BigDecimal("0.5")))),
        is(Type.listOf(Type.listOf(Type.decimal(20, 1)))));
  }

  @Test
  void microsecondsRoundDownBeforeTheEpochToo() {
    assertThat(Values.micros(Instant.EPOCH.plusNanos(1999)), is(1L));
    assertThat(Values.micros(Instant.EPOCH.minusNanos(1)), is(-1L));
    assertThat(Values.micros(Instant.EPOCH.minusNanos(1001)), is(-2L));
  }

  @Test
  void everyNumberOfMicrosecondsIsAnInstantAndBack() {
    Generated.forSeeds(
        5000,
        generated -> {
          long micros = generated.number();
          assertThat(Values.micros(Values.instant(micros)), is(micros));
        });
  }

  @Test
  void instantsBeyond64BitsOfMicrosecondsAreRefused() {
    assertThrows(ArithmeticException.class, () -> Values.micros(Instant.MAX));
    assertThrows(ArithmeticException.class, () -> Values.micros(Instant.MIN));
  }

  @Test
  void textOfAValueIsCanonical() {
    assertThat(Values.text(7L), is("7"));
    assertThat(Values.text(new BigDecimal("1E+3")), is("1000"));
    assertThat(Values.text(new BigDecimal("1.50")), is("1.5"));
    assertThat(Values.text(1.0), is("1"));
    assertThat(Values.text(Double.NaN), is("NaN"));
    assertThat(Values.text(List.of(new BigDecimal("1.00"), List.of(2.0))), is("[1,[2]]"));
    assertThat(Values.text(LocalDate.EPOCH), is("1970-01-01"));
    assertThat(Values.text(LocalTime.NOON), is("12:00:00"));
    assertThat(
        Values.text(LocalDateTime.parse("2026-01-02T03:04:05.100")), is("2026-01-02T03:04:05.1"));
    assertThat(Values.text(Instant.EPOCH), is("1970-01-01T00:00:00Z"));
    assertThat(Values.text(ByteBuffer.wrap(new byte[] {1, 2, 3})), is("AQID"));
    assertThat(Values.text(Arrays.asList(1L, null, "a\"b")), is("[1,null,\"a\\\"b\"]"));
  }

  private static Type typeOf(Object value) {
    return Values.typeOf(new ByteReader(Values.encode(value)));
  }
}
