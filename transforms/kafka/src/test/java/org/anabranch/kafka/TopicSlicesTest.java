package org.anabranch.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.SerializableUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicSlicesTest {

  private static TopicSlices slices(long... records) {
    List<TopicSlice> slices = new ArrayList<>();
    for (long count : records) {
      slices.add(new TopicSlice("t", slices.size(), 5, 5 + count));
    }

    return new TopicSlices(slices);
  }

  private static List<Long> records(TopicSlices slices) {
    return slices.slices().stream().map(TopicSlice::records).toList();
  }

  @Test
  void shortSlicesStayWholeAndLongOnesAreCutToTheSameLength() {
    assertThat(records(slices(100, 3, 0, 50).limitedTo(43)), is(List.of(20L, 3L, 0L, 20L)));
    assertThat(records(slices(100, 3, 0, 50).limitedTo(153)), is(List.of(100L, 3L, 0L, 50L)));
    assertThat(records(slices(7, 7, 7).limitedTo(20)), is(List.of(6L, 7L, 7L)));
  }

  @Test
  void withFewerRowsThanPartitionsTheLongestGetOneEach() {
    assertThat(records(slices(4, 9, 0, 6).limitedTo(2)), is(List.of(0L, 1L, 0L, 1L)));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> slices(1).limitedTo(0)).getMessage(),
        is("rows must be at least 1, but was: 0"));
  }

  @Test
  void limitsHoldAndEverySliceMovesOnWhereItCan() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      TopicSlices all =
          slices(LongStream.range(0, 1 + random.nextInt(8)).map(i -> random.nextInt(40)).toArray());
      long rows = 1L + random.nextInt(60);
      TopicSlices cut = all.limitedTo(rows);
      assertThat("seed " + seed, cut.records(), is(Math.min(rows, all.records())));
      long filled = all.slices().stream().filter(slice -> slice.records() > 0).count();
      long moved = cut.slices().stream().filter(slice -> slice.records() > 0).count();
      assertThat("seed " + seed, moved, is(Math.min(filled, rows)));
      for (int i = 0; i < all.slices().size(); i++) {
        assertThat(
            "seed " + seed,
            cut.slices().get(i).end(),
            lessThanOrEqualTo(all.slices().get(i).end()));
      }
    }
  }

  @Test
  void progressIsWhereSlicesEnd() {
    assertThat(slices(2, 0).progress(), is(Map.of("t/0", 7L, "t/1", 5L)));
    assertThat(slices(0, 0).isEmpty(), is(true));
    assertThat(slices(0, 1).isEmpty(), is(false));
  }

  @Test
  void partsCoverTheSlice() {
    assertThat(slices(250).parts(100).toString(), is("[t/0:5-105, t/0:105-205, t/0:205-255]"));
    assertThat(slices(0).parts(100), is(List.of()));
  }

  @Test
  void slicesTravelToWorkers() throws Exception {
    TopicSlice slice = new TopicSlice("topic", 3, 1L << 40, 1L << 50);
    assertThat(CoderUtils.clone(TopicSlice.SliceCoder.of(), slice), is(slice));
    TopicSlices both = new TopicSlices(List.of(slice, new TopicSlice("other", 0, 0, 0)));
    assertThat(CoderUtils.clone(TopicSlices.SlicesCoder.of(), both), is(both));
    TopicSlices none = new TopicSlices(List.of());
    assertThat(CoderUtils.clone(TopicSlices.SlicesCoder.of(), none), is(none));
    assertThat(SerializableUtils.clone(slices(1, 2)), is(slices(1, 2)));
  }

  @Test
  void placesAreReadFromText() {
    assertThat(StartAt.parse("earliest"), is(StartAt.earliest()));
    assertThat(StartAt.parse("latest"), is(StartAt.latest()));
    assertThat(
        StartAt.parse("2026-11-24T20:00:00+01:00"),
        is(StartAt.timestamp(Instant.parse("2026-11-24T19:00:00Z"))));
    assertThat(
        StartAt.parse("a.b/0:7, c/12:9"), is(StartAt.offsets(Map.of("a.b/0", 7L, "c/12", 9L))));
    assertThat(EndAt.parse("now"), is(EndAt.now()));
    assertThat(EndAt.parse("t/0:1"), is(EndAt.offsets(Map.of("t/0", 1L))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "a/0", "a/0:x", "a/0:1,", "a/0:1,a/0:2", "2026-11-24"})
  void otherTextIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> StartAt.parse(text));
    assertThrows(IllegalArgumentException.class, () -> EndAt.parse(text));
  }
}
