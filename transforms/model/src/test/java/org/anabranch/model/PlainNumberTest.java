package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PlainNumberTest {

  @Test
  void numbersArePlainDigitsWithoutZerosThatSayNothing() {
    assertThat(PlainNumber.of(new BigDecimal("0E-300000")), is("0"));
    assertThat(PlainNumber.of(new BigDecimal("1.00")), is("1"));
    assertThat(PlainNumber.of(new BigDecimal("-1.50")), is("-1.5"));
    assertThat(PlainNumber.of(new BigDecimal("0.00120")), is("0.0012"));
    assertThat(PlainNumber.of(new BigDecimal("120E+2")), is("12000"));
    assertThat(PlainNumber.of(new BigDecimal("100")), is("100"));
  }

  @Test
  void numbersWithTooManyZerosHaveAnExponent() {
    assertThat(PlainNumber.of(new BigDecimal("1E+200000")).length(), is(200_001));
    assertThat(PlainNumber.of(new BigDecimal("1E+200001")), is("1E+200001"));
    assertThat(PlainNumber.of(new BigDecimal("10E+200000")), is("1E+200001"));
    assertThat(PlainNumber.of(new BigDecimal("-12.50E+2147483000")), is("-1.25E+2147483001"));
    assertThat(PlainNumber.of(new BigDecimal("1.5E-2147483646")), is("1.5E-2147483646"));
  }

  @Test
  void doublesAreTheShortestDecimalThatGivesThemBack() {
    assertThat(PlainNumber.of(0.1), is("0.1"));
    assertThat(PlainNumber.of(2.0E-3), is("0.002"));
    assertThat(PlainNumber.of(Double.parseDouble("1e23")), is("100000000000000000000000"));
    assertThat(PlainNumber.of(Double.parseDouble("2e23")), is("200000000000000000000000"));
    assertThat(PlainNumber.of(-0.0), is("0"));
    assertThat(PlainNumber.of(Double.POSITIVE_INFINITY), is("Infinity"));
    Generated.forSeeds(
        5000,
        generated -> {
          double value = Double.longBitsToDouble(generated.number());
          if (Double.isFinite(value)) {
            BigDecimal shortest = PlainNumber.shortest(value);
            assertThat(shortest.doubleValue() == value, is(true));
            assertThat(
                shortest.stripTrailingZeros().precision(),
                is(lessThanOrEqualTo(BigDecimal.valueOf(value).stripTrailingZeros().precision())));
          }
        });
  }

  @Test
  void theTextOfEveryNumberIsPlainAndGivesItBack() {
    Generated.forSeeds(
        5000,
        generated -> {
          BigDecimal number = generated.decimal();
          String text = PlainNumber.of(number);
          byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
          assertThat(PlainNumber.isPlain(utf8, 0, utf8.length), is(true));
          assertThat(new BigDecimal(text).compareTo(number), is(0));
        });
  }
}
