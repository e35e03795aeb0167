package org.anabranch.launcher;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.lake.Lake;
import org.anabranch.lake.Publication;
import org.anabranch.lake.ReadTableChanges;
import org.anabranch.lake.TableChanges;
import org.anabranch.launcher.TextTable.Align;
import org.anabranch.pipelines.Publish;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.jspecify.annotations.Nullable;

/** Publishes tables one after the other, a pipeline each, once or again and again. */
final class Publisher {

  private final EngineCall engine;
  private final Lake lake;
  private final RunnerSession session;
  private final KafkaConfig kafka;
  private final CallContext context;

  Publisher(
      EngineCall engine, Lake lake, RunnerSession session, KafkaConfig kafka, CallContext context) {
    this.engine = engine;
    this.lake = lake;
    this.session = session;
    this.kafka = kafka;
    this.context = context;
  }

  /** What went to a topic. */
  private record Published(long upserts, long deletes, double seconds) {}

  /**
   * Publishes all tables.
   *
   * @param topics by table
   */
  void once(Map<String, String> topics) throws IOException {
    TextTable text =
        new TextTable(
            List.of("table", "topic", "upserts", "deletes", "seconds"),
            List.of(Align.LEFT, Align.LEFT, Align.RIGHT, Align.RIGHT, Align.RIGHT));
    for (Map.Entry<String, String> topic : topics.entrySet()) {
      Published done =
          Objects.requireNonNullElse(
              publish(topic.getKey(), topic.getValue()), new Published(0, 0, 0));
      text.add(
          List.of(
              topic.getKey(),
              topic.getValue(),
              String.valueOf(done.upserts()),
              String.valueOf(done.deletes()),
              String.format(Locale.ROOT, "%.1f", done.seconds())));
    }

    text.flush(context.out());
  }

  /** Publishes all tables every so often until somebody asks to stop. */
  void again(Map<String, String> topics, Duration every, Stop stop) throws IOException {
    while (!stop.isAsked()) {
      long start = System.nanoTime();
      for (Map.Entry<String, String> topic : topics.entrySet()) {
        Published done = publish(topic.getKey(), topic.getValue());
        if (done != null) {
          context
              .err()
              .printf(
                  Locale.ROOT,
                  "%s: %d upserts and %d deletes to %s in %.1f s%n",
                  topic.getKey(),
                  done.upserts(),
                  done.deletes(),
                  topic.getValue(),
                  done.seconds());
        }
      }

      stop.await(every.minusNanos(System.nanoTime() - start));
    }
  }

  /** Null where nothing has changed. */
  private @Nullable Published publish(String table, String topic) throws IOException {
    long start = System.nanoTime();
    try (Publication publication = Publication.begin(lake, table, topic)) {
      TableChanges changes = publication.changes();
      if (changes == null) {
        return null;
      }

      String keyChange = changes.keyChange();
      if (!keyChange.isEmpty()) {
        context
            .err()
            .printf(
                "%s: the key has changed (%s): keys in %s that are written in another"
                    + " way now are deleted and their rows published under the new ones%n",
                table, keyChange, topic);
      }

      PipelineResult result = write(changes, topic);
      publication.done();
      return new Published(
          count(result, ReadTableChanges.UPSERTS),
          count(result, ReadTableChanges.DELETES),
          (System.nanoTime() - start) / 1e9);
    }
  }

  private PipelineResult write(TableChanges changes, String topic) {
    session.join(engine.beam());
    Pipeline pipeline = Pipeline.create(engine.beam());
    Publish.expand(pipeline, changes, kafka, topic);
    PipelineResult result = pipeline.run();
    PipelineResult.State state = result.waitUntilFinish();
    if (state != PipelineResult.State.DONE) {
      throw new RunFailedException(
          "the runner ended the pipeline as " + state + "; run it again to publish the rest");
    }

    return result;
  }

  private static long count(PipelineResult result, String counter) {
    long sum = 0;
    for (MetricResult<Long> found :
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(ReadTableChanges.NAMESPACE, counter))
                    .build())
            .getCounters()) {
      sum += found.getAttempted();
    }

    return sum;
  }
}
