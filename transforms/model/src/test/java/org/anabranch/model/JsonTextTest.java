package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTextTest {

  @Test
  void numbersStayNumbersWithEveryDigit() {
    assertThat(JsonText.of(Long.MIN_VALUE), is("-9223372036854775808"));
    assertThat(JsonText.of(new BigDecimal("1.50")), is("1.50"));
    assertThat(JsonText.of(new BigDecimal("1E+3")), is("1000"));
    assertThat(JsonText.of(0.1), is("0.1"));
  }

  @Test
  void notANumberAndTheInfinitiesAreText() {
    assertThat(JsonText.of(Double.NaN), is("\"NaN\""));
    assertThat(JsonText.of(Double.NEGATIVE_INFINITY), is("\"-Infinity\""));
  }

  @Test
  void controlCharactersQuotesAndBackslashesAreEscaped() {
    assertThat(
        JsonText.of("\"\\\n\r\t\0\u001F ü🦀"), is("\"\\\"\\\\\\n\\r\\t\\u0000\\u001f ü🦀\""));
  }

  @Test
  void datesAndTimesAreIso8601WithAsManyDigitsAsTheyNeed() {
    assertThat(JsonText.of(LocalDate.EPOCH), is("\"1970-01-01\""));
    assertThat(JsonText.of(LocalTime.MIDNIGHT), is("\"00:00:00\""));
    assertThat(JsonText.of(LocalTime.parse("01:02:03.000001")), is("\"01:02:03.000001\""));
    assertThat(JsonText.of(Instant.EPOCH.minusMillis(1)), is("\"1969-12-31T23:59:59.999Z\""));
  }

  @Test
  void bytesAreBase64() {
    assertThat(JsonText.of(ByteBuffer.wrap(new byte[] {-1, -2})), is("\"//4=\""));
  }

  @Test
  void listsNest() {
    assertThat(
        JsonText.of(Arrays.asList(null, true, List.of(), List.of(1L, "a"))),
        is("[null,true,[],[1,\"a\"]]"));
  }
}
