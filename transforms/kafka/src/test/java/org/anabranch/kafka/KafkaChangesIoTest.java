package org.anabranch.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.anabranch.transforms.archive.LogRecord;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.junit.jupiter.api.Test;

/** Topics of a real broker, read without end on the Direct runner. */
class KafkaChangesIoTest {

  private static final Queue<String> RECORDS = new ConcurrentLinkedQueue<>();

  private static Pipeline pipeline() {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    options.setTargetParallelism(1);
    options.setBlockOnRun(false);
    return Pipeline.create(options);
  }

  @Test
  void committedRecordsOfAllTopicsThatMatchAreReadFromTheFirst()
      throws IOException, InterruptedException {
    try (TestTopics topics = new TestTopics(TestBroker.servers())) {
      topics.create("endless.orders", 2);
      topics.create("endless.empty", 1);
      topics.create("other.orders", 1);
      topics.send("endless.orders", 0, "{\"id\":1}", "{\"a\":1}");
      topics.send("endless.orders", 0, "{\"id\":1}", null);
      topics.send("endless.orders", 1, null, "{\"a\":2}");
      topics.send("other.orders", 0, null, "{\"a\":3}");
      topics.flush();
      topics.begin("endless").send("endless.orders", 1, List.of("never")).abort();
      RECORDS.clear();
      Pipeline pipeline = pipeline();
      pipeline
          .apply(
              KafkaChangesIO.read()
                  .withBootstrapServers(TestBroker.servers())
                  .withTopics("/endless\\..*/"))
          .apply(ParDo.of(new RememberFn()));
      PipelineResult running = pipeline.run();
      await(3);
      topics.send("endless.orders", 1, null, "{\"a\":4}");
      topics.flush();
      await(4);
      running.cancel();
      assertThat(
          RECORDS.stream().sorted().toList(),
          contains(
              "endless.orders/0/0 {\"id\":1} {\"a\":1}",
              "endless.orders/0/1 {\"id\":1} null",
              "endless.orders/1/0 null {\"a\":2}",
              "endless.orders/1/3 null {\"a\":4}"));
    }
  }

  @Test
  void slicesEndWhereTheTopicsEndWhenThePipelineIsBuilt() throws IOException {
    try (TestTopics topics = new TestTopics(TestBroker.servers())) {
      topics.create("ending.orders", 2);
      topics.create("ending.empty", 1);
      topics.send("ending.orders", 0, null, "{\"a\":1}");
      topics.send("ending.orders", 1, null, "{\"a\":2}");
      topics.flush();
      RECORDS.clear();
      Pipeline pipeline = pipeline();
      pipeline
          .apply(
              KafkaChangesIO.read()
                  .withBootstrapServers(TestBroker.servers())
                  .withTopics("/ending\\..*/")
                  .slices(StartAt.earliest(), EndAt.now()))
          .apply(ParDo.of(new RememberFn()));
      topics.send("ending.orders", 1, null, "{\"a\":3}");
      topics.flush();
      pipeline.run().waitUntilFinish();
      assertThat(
          RECORDS.stream().sorted().toList(),
          contains("ending.orders/0/0 null {\"a\":1}", "ending.orders/1/0 null {\"a\":2}"));
    }
  }

  private static void await(int records) throws InterruptedException {
    Instant end = Instant.now().plus(Duration.ofMinutes(1));
    while (RECORDS.size() < records) {
      assertThat("records within a minute: " + RECORDS, Instant.now().isBefore(end), is(true));
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  @Test
  void secretsAreNotShown() {
    DisplayData shown =
        DisplayData.from(
            KafkaChangesIO.read()
                .withBootstrapServers("localhost:9092")
                .withTopics("orders")
                .withClientProperty("sasl.jaas.config", "hunter2"));
    assertThat(shown.toString(), containsString("sasl.jaas.config"));
    assertThat(shown.toString(), not(containsString("hunter2")));
  }

  @Test
  void whatIsMissingIsSaidWhereThePipelineIsBuilt() {
    IllegalArgumentException failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> pipeline().apply(KafkaChangesIO.read().withTopics("orders")));
    assertThat(failure.getMessage(), containsString("withBootstrapServers(\"HOST:PORT\")"));
  }

  static final class RememberFn extends DoFn<LogRecord, Void> {

    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element LogRecord record) {
      RECORDS.add(
          "%s/%d/%d %s %s"
              .formatted(
                  record.topic(),
                  record.partition(),
                  record.offset(),
                  text(record.key()),
                  text(record.value())));
    }

    private static String text(byte[] bytes) {
      return bytes == null ? "null" : new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
