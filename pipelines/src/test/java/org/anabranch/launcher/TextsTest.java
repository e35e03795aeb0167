package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small texts: lists, durations, sizes, references, nearest names. */
class TextsTest {

  @Test
  void aSeparatorWithinBracketsBelongsToItsElement() {
    assertThat(
        ListText.split("a decimal(12,2), b list<x,y> ,c-{1,2}.jsonl,[d,e]", ','),
        contains("a decimal(12,2)", "b list<x,y>", "c-{1,2}.jsonl", "[d,e]"));
  }

  @Test
  void emptyElementsStay() {
    assertThat(ListText.split("a,,b,", ','), contains("a", "", "b", ""));
  }

  @ParameterizedTest
  @CsvSource({"500ms,PT0.5S", "30s,PT30S", "15m,PT15M", "1h,PT1H", "2d,PT48H"})
  void durationsHaveAUnit(String text, Duration expected) {
    assertThat(DurationText.parse(text), is(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "h", "0s", "-1h", "1 h", "1w", "PT1H", "99999999999999999999h"})
  void otherTextsAreNoDurations(String text) {
    Exception failure =
        assertThrows(IllegalArgumentException.class, () -> DurationText.parse(text));
    assertThat(failure.getMessage(), containsString("30s, 15m, 1h"));
  }

  @ParameterizedTest
  @CsvSource({
    "0,0 B",
    "999,999 B",
    "1000,1.0 kB",
    "999949,999.9 kB",
    "999950,1.0 MB",
    "12345678,12.3 MB",
    "9223372036854775807,9.2 EB"
  })
  void sizesAreForPeople(long bytes, String expected) {
    assertThat(ByteText.of(bytes), is(expected));
  }

  @ParameterizedTest
  @CsvSource({"inptu,input", "wharehouse,warehouse", "INPUT,input", "x,input"})
  void theNearestNameNeedsTheFewestChanges(String name, String expected) {
    assertThat(Nearest.to(name, List.of("warehouse", "input", "buckets")), is(expected));
  }

  @Test
  void referencesToTheEnvironmentAreReplaced() {
    References references = new References(Map.of("A", "x$1", "B", "y"));

    assertThat(references.resolve("${env:A}/${env:B}/$c"), is("x$1/y/$c"));
  }

  @Test
  void theNumberOfProcessorsCanBeReferredTo() {
    String processors = String.valueOf(Runtime.getRuntime().availableProcessors());

    assertThat(
        new References(Map.of()).resolve("local[${processors}]"), is("local[" + processors + "]"));
  }

  @ParameterizedTest
  @CsvSource({"${env:NOPE},NOPE is not set", "${other},${env:NAME}"})
  void aReferenceToNothingIsAMistake(String text, String expected) {
    Exception failure =
        assertThrows(IllegalArgumentException.class, () -> new References(Map.of()).resolve(text));

    assertThat(failure.getMessage(), containsString(expected));
  }
}
