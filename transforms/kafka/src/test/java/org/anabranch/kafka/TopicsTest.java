package org.anabranch.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Slices as they are fixed at launch, and what is said where that cannot be. */
class TopicsTest {

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
  void topicsAreNamedOrMatched() {
    topics.create("named.b", 1);
    topics.create("named.a", 1);
    assertThat(admin.matching("named.b, named.a"), is(List.of("named.a", "named.b")));
    assertThat(admin.matching("/named\\..*/"), is(List.of("named.a", "named.b")));
    assertThat(admin.matching("/.*named.b/"), is(List.of("named.b")));
  }

  @Test
  void aTopicThatIsMissingIsNamedWithThoseThereAre() {
    topics.create("there", 1);
    assertThat(
        wrong(() -> admin.matching("there,gone")),
        allOf(
            startsWith("topic 'gone' does not exist on " + TestBroker.servers() + "; there are: "),
            not(containsString("\n"))));
    assertThat(
        wrong(() -> slices("gone", StartAt.earliest(), Map.of(), EndAt.now())),
        startsWith("topic 'gone' does not exist on "));
    assertThat(
        wrong(() -> admin.matching("/gone.*/")),
        startsWith("no topic on " + TestBroker.servers() + " matches 'gone.*'; there are: "));
    assertThat(
        wrong(() -> admin.matching("/a(/")), startsWith("a topic pattern must be a regular"));
    assertThat(
        wrong(() -> admin.matching("there,")), startsWith("topics must be names separated by"));
  }

  /** No broker, and something that does not speak the protocol: both are waited for at once. */
  @Test
  void whatDoesNotAnswerFailsInTime() throws IOException {
    int free;
    try (ServerSocket closed = new ServerSocket(0)) {
      free = closed.getLocalPort();
    }

    CompletableFuture<Void> nobody =
        CompletableFuture.runAsync(() -> unreachable("127.0.0.1:" + free));
    try (ServerSocket silent = new ServerSocket(0)) {
      unreachable("127.0.0.1:" + silent.getLocalPort());
    }

    nobody.join();
  }

  private static void unreachable(String server) {
    long start = System.nanoTime();
    UnreachableBrokerException failure =
        assertThrows(
            UnreachableBrokerException.class, () -> Topics.connect(KafkaConfig.of(server)));
    assertThat(
        failure.getMessage(),
        is(
            "no broker answers at "
                + server
                + " within 15 s; are address, port and client properties right?"));
    assertThat(System.nanoTime() - start, lessThan(Duration.ofSeconds(30).toNanos()));
  }

  @Test
  void clientsMayAskForAnEarlierAnswer() {
    KafkaConfig hasty = new KafkaConfig("127.0.0.1:1", Map.of("default.api.timeout.ms", "1000"));
    UnreachableBrokerException failure =
        assertThrows(UnreachableBrokerException.class, () -> Topics.connect(hasty));
    assertThat(
        failure.getMessage(),
        is(
            "no broker answers at 127.0.0.1:1 within 1 s;"
                + " are address, port and client properties right?"));
  }

  @Test
  void aNameThatDoesNotResolveFails() {
    UnreachableBrokerException failure =
        assertThrows(
            UnreachableBrokerException.class,
            () -> Topics.connect(KafkaConfig.of("broker.invalid:9092")));
    assertThat(
        failure.getMessage(),
        is("no broker is called 'broker.invalid:9092': the name does not resolve"));
  }

  @Test
  void aWrongPropertyIsToldWithoutSecrets() {
    KafkaConfig config =
        new KafkaConfig(
            TestBroker.servers(),
            Map.of(
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", "org.example.Login hunter2 username=me;"));
    String message = wrong(() -> Topics.connect(config));
    assertThat(
        message,
        is("a client property is wrong: Invalid login module control flag '***' in JAAS config"));
  }

  @Test
  void everyPartitionHasASliceFromTheStartToNow() {
    filled("start-now", 3, 5);
    assertThat(
        slices("start-now", StartAt.earliest(), Map.of(), EndAt.now()).toString(),
        is("TopicSlices[slices=[start-now/0:0-5, start-now/1:0-0, start-now/2:0-0]]"));
    assertThat(slices("start-now", StartAt.latest(), Map.of(), EndAt.now()).isEmpty(), is(true));
  }

  @Test
  void slicesStartWhereProgressEnds() {
    filled("resumed", 2, 5);
    TopicSlices first = slices("resumed", StartAt.earliest(), Map.of(), EndAt.now());
    filled("resumed", 0, 3);
    TopicSlices second = slices("resumed", StartAt.progress(), first.progress(), EndAt.now());
    assertThat(second.slices().get(0), is(new TopicSlice("resumed", 0, 5, 8)));
    assertThat(second.progress(), is(Map.of("resumed/0", 8L, "resumed/1", 0L)));
    assertThat(
        slices("resumed", StartAt.progress(), Map.of("other/0", 7L), EndAt.now()).records(),
        is(8L));
  }

  @Test
  void progressBehindTheEndMeansTheTopicWasMadeAnew() {
    filled("anew", 1, 5);
    String message = failed("anew", Map.of("anew/0", 6L));
    assertThat(
        message,
        is(
            "anew/0 was read up to offset 6, but ends at offset 5: its topic was made anew; to read"
                + " it from its first record give the job another name (--job=NAME)"));
    Map<String, Long> progress = Map.of("anew/0", 6L);
    assertThrows(
        IllegalStateException.class,
        () -> slices("anew", StartAt.earliest(), progress, EndAt.now()));
    assertThat(
        failed("anew", Map.of("anew/1", 0L)),
        startsWith("anew/1 was read up to offset 0, but does not exist: its topic was made anew"));
  }

  @Test
  void progressBeforeTheFirstRecordMeansThatRecordsAreLost() {
    filled("retained", 1, 9);
    topics.removeBefore("retained", 0, 4);
    assertThat(
        failed("retained", Map.of("retained/0", 3L)),
        is(
            "retained/0 was read up to offset 3, but its records before offset 4 were removed: they"
                + " are lost to the tables; to go on without them give the job another name"
                + " (--job=NAME), under which it starts at what is left"));
    TopicSlices rest =
        slices("retained", StartAt.progress(), Map.of("retained/0", 4L), EndAt.now());
    assertThat(rest.records(), is(5L));
  }

  @Test
  void offsetsMayBeNamedOneByOne() {
    filled("offsets", 1, 9);
    TopicSlices slices =
        slices(
            "offsets",
            StartAt.parse("offsets/0:2"),
            Map.of(),
            EndAt.offsets(Map.of("offsets/0", 6L)));
    assertThat(slices.slices(), is(List.of(new TopicSlice("offsets", 0, 2, 6))));
    topics.removeBefore("offsets", 0, 3);
    assertThat(
        wrong(() -> slices("offsets", StartAt.parse("offsets/0:2"), Map.of(), EndAt.now())),
        is("offsets of offsets/0 go from 3 to 9, but was: 2"));
    assertThat(
        wrong(() -> slices("offsets", StartAt.earliest(), Map.of(), EndAt.parse("offsets/0:10"))),
        is("offsets of offsets/0 go from 3 to 9, but was: 10"));
    assertThat(
        wrong(() -> slices("offsets", StartAt.parse("offsets/7:0"), Map.of(), EndAt.now())),
        is("there is no partition offsets/7 among those to be read"));
  }

  @Test
  void offsetsAtBothEndsReadThePartitionsTheyNameOnly() {
    filled("named", 3, 4);

    assertThat(
        slices("named", StartAt.parse("named/0:1"), Map.of(), EndAt.parse("named/0:3")).slices(),
        is(List.of(new TopicSlice("named", 0, 1, 3))));
    assertThat(
        slices("named", StartAt.parse("named/0:1"), Map.of(), EndAt.parse("named/1:0")).slices(),
        is(List.of(new TopicSlice("named", 0, 1, 4), new TopicSlice("named", 1, 0, 0))));
    assertThat(
        slices("named", StartAt.parse("named/0:1"), Map.of(), EndAt.now()).slices().size(), is(3));
  }

  @Test
  void timesBecomeTheOffsetsOfTheFirstRecordsThatAreNotOlder() {
    topics.create("times", 2);
    IntStream.range(0, 10)
        .forEach(
            i ->
                topics.send(
                    new ProducerRecord<>("times", 0, 1000L + i, null, new byte[] {(byte) i})));
    topics.flush();
    StartAt from = StartAt.timestamp(Instant.ofEpochMilli(1003));
    EndAt to = EndAt.timestamp(Instant.ofEpochMilli(1007));
    assertThat(
        slices("times", from, Map.of(), to).toString(),
        is("TopicSlices[slices=[times/0:3-7, times/1:0-0]]"));
    StartAt late = StartAt.timestamp(Instant.ofEpochMilli(5000));
    assertThat(slices("times", late, Map.of(), EndAt.now()).isEmpty(), is(true));
  }

  private static TopicSlices slices(
      String topic, StartAt start, Map<String, Long> progress, EndAt end) {
    return admin.slices(List.of(topic), start, progress, end);
  }

  private static String failed(String topic, Map<String, Long> progress) {
    return assertThrows(
            IllegalStateException.class,
            () -> slices(topic, StartAt.progress(), progress, EndAt.now()))
        .getMessage();
  }

  private static String wrong(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }

  /** Makes the topic, unless there are no partitions to make, and fills its first partition. */
  private static void filled(String topic, int partitions, int records) {
    if (partitions > 0) {
      topics.create(topic, partitions);
    }

    IntStream.range(0, records).forEach(i -> topics.send(topic, 0, null, "v" + i));
    topics.flush();
  }
}
