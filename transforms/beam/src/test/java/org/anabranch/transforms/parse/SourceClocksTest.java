package org.anabranch.transforms.parse;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SourceClocksTest {

  private static final long NOW = TimeUnit.DAYS.toMicros(20_000);
  private static final long HOUR = TimeUnit.HOURS.toMicros(1);

  private final SourceClocks clocks = new SourceClocks(NOW);

  @Test
  void theNewestTimeOfASourceIsItsClock() {
    clocks.see("a", NOW - 3 * HOUR, 0);
    clocks.see("a", NOW - 2 * HOUR, 0);
    clocks.see("a", NOW - 4 * HOUR, 0);
    clocks.see("b", NOW - 9 * HOUR, 0);
    assertThat(clocks.places(), is(Map.of("clock:a", NOW - 2 * HOUR, "clock:b", NOW - 9 * HOUR)));
  }

  @Test
  void aTimeInTheFutureDoesNotCount() {
    clocks.see("a", NOW - HOUR, 0);
    clocks.see("a", Long.MAX_VALUE, 0);
    clocks.see("a", NOW + 48 * HOUR, 0);
    clocks.see("a", Long.MIN_VALUE, 0);
    assertThat(clocks.places(), is(Map.of("clock:a", NOW - HOUR)));
  }

  @Test
  void aTimeCountsAtMostAsThatOfItsLog() {
    clocks.see("a", NOW - HOUR, NOW - 5 * HOUR);
    clocks.see("a", Long.MAX_VALUE, NOW - 4 * HOUR);
    clocks.see("a", NOW - 9 * HOUR, Long.MAX_VALUE);
    assertThat(clocks.places(), is(Map.of("clock:a", NOW - 4 * HOUR)));
  }

  @Test
  void aSourceWithoutTimesHasNoClock() {
    clocks.see("a", 0, NOW);
    assertThat(clocks.places(), is(Map.of()));
  }
}
