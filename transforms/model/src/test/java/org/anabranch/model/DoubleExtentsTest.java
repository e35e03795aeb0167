package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoubleExtentsTest {

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0.0",
          "1",
          "9",
          "10",
          "0.1",
          "0.5",
          "0.07",
          "99.99",
          "100.01",
          "123456789012345",
          "0.123456789012345",
          "0.1234567890123456",
          "0.12345678901234567",
          "8.4147098480789649",
          "9007199254740993",
          "1e15",
          "1e22",
          "1e-7",
          "0.001",
          "12345678901234.567",
          "5e-20");

  private static Type of(String... numbers) {
    DoubleExtents extents = new DoubleExtents();
    for (String number : numbers) {
      extents.see(Double.parseDouble(number));
    }

    return extents.type();
  }

  @Test
  void digitsAreThoseOfTheShortestText() {
    assertThat(of("0"), is(Type.doubleOf(1, 0)));
    assertThat(of("-12.50"), is(Type.doubleOf(2, 1)));
    assertThat(of("0.07", "100"), is(Type.doubleOf(3, 2)));
    assertThat(of("1e22"), is(Type.doubleOf(23, 0)));
    assertThat(of("0.1", "1e40"), is(Type.DOUBLE));
    assertThat(of("1e-39"), is(Type.DOUBLE));
    assertThat(of("NaN"), is(Type.DOUBLE));
  }

  /** Whatever was seen before, no digit of a number is overlooked and none is made up. */
  @Test
  void digitsAreTheMostOfAll() {
    Generated.forSeeds(
        20_000,
        generated -> {
          DoubleExtents extents = new DoubleExtents();
          int integerDigits = 0;
          int scale = 0;
          for (int i = 0; i < 4; i++) {
            double value =
                generated.oneIn(2)
                    ? Double.parseDouble(generated.pick(NUMBERS))
                    : generated.below(1 << 30) / Math.pow(10, generated.below(20));
            extents.see(value);
            BigDecimal text = PlainNumber.shortest(value).stripTrailingZeros();
            integerDigits = Math.max(integerDigits, text.precision() - text.scale());
            scale = Math.max(scale, text.scale());
          }

          assertThat(extents.type(), is(Type.doubleOf(integerDigits, scale)));
        });
  }
}
