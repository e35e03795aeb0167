package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.anabranch.pipelines.Latencies.Sent;
import org.anabranch.pipelines.Latencies.Sighting;
import org.junit.jupiter.api.Test;

class LatenciesTest {

  private static final List<Sighting> SIGHTINGS =
      List.of(
          new Sighting(1_000, Map.of(0, 2L)),
          new Sighting(2_000, Map.of(0, 2L, 1, 1L)),
          new Sighting(5_000, Map.of(0, 4L, 1, 1L)));

  @Test
  void aRecordCountsFromTheFirstSightingThatHasIt() {
    Latencies latencies =
        Latencies.of(
            SIGHTINGS,
            List.of(
                new Sent(0, 3, 1_500),
                new Sent(0, 0, 900),
                new Sent(1, 0, 100),
                new Sent(0, 1, 950)));

    assertThat(latencies.seconds(0.5), is(0.1));
    assertThat(latencies.seconds(0.75), is(1.9));
    assertThat(latencies.seconds(1), is(3.5));
  }

  @Test
  void aRecordThatNobodyHasSeenIsAMistake() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Latencies.of(SIGHTINGS, List.of(new Sent(1, 1, 100))));
  }
}
