package org.anabranch.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Slices of partitions of a real broker: every committed record once, or a failure. */
class SliceReaderTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static TestTopics topics;
  private static Topics admin;

  @BeforeAll
  static void start() {
    topics = new TestTopics(TestBroker.servers());
    admin = Topics.connect(TestBroker.config());
  }

  @AfterAll
  static void stop() {
    admin.close();
    topics.close();
  }

  @Test
  void aSliceOfNothingEndsAtOnce() throws IOException {
    topics.create("slice-empty", 2);
    topics.send("slice-empty", 0, null, "a");
    topics.flush();
    assertThat(read(slice("slice-empty", 1, 0, 0)), is(List.of()));
    assertThat(read(slice("slice-empty", 0, 1, 1)), is(List.of()));
    assertThat(read(now("slice-empty")), is(List.of("a")));
  }

  @Test
  void aSliceHasItsStartAndNotItsEnd() throws IOException {
    topics.create("slice-part", 1);
    fill("slice-part", 0, 0, 10);
    assertThat(read(slice("slice-part", 0, 3, 6)), is(List.of("3", "4", "5")));
  }

  @Test
  void abortedRecordsAndMarkersAreNotRead() throws IOException {
    topics.create("slice-aborted", 1);
    String name = "slice-aborted";
    topics.begin("aborted-1").send(name, 0, List.of("a1", "a2")).abort();
    topics.begin("aborted-2").send(name, 0, List.of("b1")).commit();
    topics.begin("aborted-3").send(name, 0, List.of("c1", "c2", "c3")).abort();
    TopicSlices slices = now(name);
    assertThat(slices.records(), is(9L));
    assertThat(read(slices), is(List.of("b1")));
  }

  @Test
  void aSliceOfAbortedRecordsOnlyEnds() throws IOException {
    topics.create("slice-only-aborted", 1);
    topics.begin("only-aborted").send("slice-only-aborted", 0, numbers(0, 3000)).abort();
    assertThat(read(now("slice-only-aborted")), is(List.of()));
    assertThat(read(slice("slice-only-aborted", 0, 5, 2500)), is(List.of()));
  }

  @Test
  void whatIsNotCommittedYetIsOfALaterSlice() throws IOException {
    String name = "slice-open";
    topics.create(name, 1);
    fill(name, 0, 0, 2);
    TestTopics.Transaction open = topics.begin("open").send(name, 0, List.of("x"));
    fill(name, 0, 2, 4);
    TopicSlices before = now(name);
    open.commit();
    TopicSlices after =
        admin.slices(List.of(name), StartAt.progress(), before.progress(), EndAt.now());
    assertThat(read(before), is(List.of("0", "1")));
    assertThat(read(after), is(List.of("x", "2", "3")));
  }

  @Test
  void slicesBeginAndEndInsideTheGapsOfCompaction() throws IOException {
    String name = "slice-compacted";
    topics.create(
        name,
        1,
        Map.of(
            "cleanup.policy", "compact",
            "segment.ms", "100",
            "min.cleanable.dirty.ratio", "0.001"));
    for (int i = 0; i < 40; i++) {
      topics.send(name, 0, i % 10 == 0 ? "kept-" + i : "again", String.valueOf(i));
    }

    topics.flush();
    TopicSlices all = now(name);
    // Only segments that are closed are compacted; a later record closes one.
    int more = 0;
    while (read(all).size() > 5) {
      topics.send(name, 0, "more-" + more++, "more");
      topics.flush();
    }

    assertThat(read(all), is(List.of("0", "10", "20", "30", "39")));
    assertThat(read(slice(name, 0, 1, 10)), is(List.of()));
    assertThat(read(slice(name, 0, 5, 15)), is(List.of("10")));
    assertThat(read(slice(name, 0, 11, 31)), is(List.of("20", "30")));
    assertThat(read(slice(name, 0, 31, 38)), is(List.of()));
  }

  @Test
  void recordsThatCameDuringTheReadAreNotRead() throws Exception {
    String name = "slice-growing";
    topics.create(name, 1);
    fill(name, 0, 0, 30_000);
    TopicSlices slices = now(name);
    AtomicBoolean isRead = new AtomicBoolean();
    Thread writer =
        new Thread(
            () -> {
              for (int i = 30_000; !isRead.get(); i++) {
                topics.send(name, 0, null, String.valueOf(i));
              }

              topics.flush();
            });
    writer.start();
    List<String> read = read(slices);
    isRead.set(true);
    writer.join();
    assertThat(read.equals(numbers(0, 30_000)), is(true));
    assertThat(now(name).records(), greaterThan(30_000L));
  }

  @Test
  void oneReaderReadsManySlicesInAnyOrder() throws IOException {
    String name = "slice-many";
    topics.create(name, 3);
    for (int partition = 0; partition < 3; partition++) {
      fill(name, partition, 1000 * partition, 1000 * partition + 500);
    }

    TreeSet<Integer> read = new TreeSet<>();
    List<TopicSlice> parts = new ArrayList<>(now(name).parts(70));
    java.util.Collections.shuffle(parts, new java.util.Random(7));
    try (SliceReader reader = new SliceReader(TestBroker.config(), PATIENCE)) {
      for (TopicSlice part : parts) {
        reader.read(part, record -> assertThat(read.add(Integer.valueOf(text(record))), is(true)));
      }
    }

    assertThat(read.size(), is(1500));
  }

  @Test
  void recordsRemovedBeforeTheyAreReadFailTheRead() throws IOException {
    String name = "slice-removed";
    topics.create(name, 1);
    fill(name, 0, 0, 100);
    TopicSlices slices = now(name);
    topics.removeBefore(name, 0, 50);
    IOException failure = assertThrows(IOException.class, () -> read(slices));
    assertThat(
        failure.getMessage(),
        is(
            "records of slice-removed/0:0-100 are no longer there: they were removed while they"
                + " were being read, or the topic was made anew"));
  }

  @Test
  void recordsRemovedInTheMiddleOfTheReadFailIt() {
    String name = "slice-removed-later";
    topics.create(name, 1);
    String large = "x".repeat(1 << 16);
    for (int i = 0; i < 300; i++) {
      topics.send(name, 0, null, large);
    }

    topics.flush();
    TopicSlices slices = now(name);
    List<Long> offsets = new ArrayList<>();
    IOException failure =
        assertThrows(
            IOException.class,
            () -> {
              try (SliceReader reader = new SliceReader(TestBroker.config(), PATIENCE)) {
                reader.read(
                    slices.slices().get(0),
                    record -> {
                      if (offsets.isEmpty()) {
                        topics.removeBefore(name, 0, 290);
                      }

                      offsets.add(record.offset());
                    });
              }
            });
    assertThat(failure.getMessage(), containsString("are no longer there"));
    assertThat(offsets.size(), lessThan(300));
  }

  @Test
  void aSliceBehindTheLastRecordFailsWhenNothingComes() throws IOException {
    String name = "slice-stuck";
    topics.create(name, 1);
    fill(name, 0, 0, 5);
    try (SliceReader reader = new SliceReader(TestBroker.config(), Duration.ofSeconds(2))) {
      IOException failure =
          assertThrows(
              IOException.class, () -> reader.read(new TopicSlice(name, 0, 3, 9), record -> {}));
      assertThat(
          failure.getMessage(),
          allOf(
              containsString("no record of slice-stuck/0:3-9 from offset 5 on came from"),
              containsString("within 2 s")));
    }
  }

  private static TopicSlices now(String topic) {
    return admin.slices(List.of(topic), StartAt.earliest(), Map.of(), EndAt.now());
  }

  private static TopicSlices slice(String topic, int partition, long start, long end) {
    return new TopicSlices(List.of(new TopicSlice(topic, partition, start, end)));
  }

  private static List<String> read(TopicSlices slices) throws IOException {
    List<String> values = new ArrayList<>();
    try (SliceReader reader = new SliceReader(TestBroker.config(), PATIENCE)) {
      for (TopicSlice slice : slices.slices()) {
        reader.read(slice, record -> values.add(text(record)));
      }
    }

    return values;
  }

  private static String text(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  private static void fill(String topic, int partition, int from, int to) {
    numbers(from, to).forEach(value -> topics.send(topic, partition, null, value));
    topics.flush();
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(String::valueOf).toList();
  }
}
