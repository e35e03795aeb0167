package org.anabranch.launcher;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.anabranch.kafka.FirstRecords;
import org.anabranch.kafka.TopicSlices;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.jspecify.annotations.Nullable;

/**
 * Tells what waits to be committed when it is asked: compares the ends of the topics with the
 * progress of the job. Has its own connection, so that it disturbs nobody. Thread-safe.
 */
final class LagMeter implements Closeable {

  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final int ANSWER_SECONDS = 5;
  private static final long FRESH_NANOS = 1_000_000_000L;

  private final TopicOptions topics;
  private final LakeConfig lake;
  private @Nullable TopicFeed feed;
  private @Nullable Future<@Nullable Lag> current;
  private volatile long measuredNanos;
  private final ExecutorService measurements =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "lag");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * What waits.
   *
   * @param records number of them
   * @param seconds since the log got the oldest one; 0 where none waits, negative where not known
   */
  record Lag(long records, double seconds) {}

  LagMeter(TopicOptions topics, LakeConfig lake) {
    this.topics = topics;
    this.lake = lake;
  }

  /** The lag now, or up to a second ago; null where it cannot be found out in a few seconds. */
  @Nullable Lag now() {
    Future<@Nullable Lag> measuring;
    synchronized (this) {
      Future<@Nullable Lag> known = current;
      if (known == null || (known.isDone() && System.nanoTime() - measuredNanos > FRESH_NANOS)) {
        known = measurements.submit(this::measure);
        current = known;
      }

      measuring = known;
    }

    try {
      return measuring.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException unknown) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private @Nullable Lag measure() {
    try (Lake tables = Lake.at(lake)) {
      TopicFeed open = feed;
      if (open == null) {
        open = TopicFeed.open(topics);
        feed = open;
      }

      TopicSlices waiting = open.waiting(tables);
      return new Lag(waiting.records(), seconds(waiting));
    } catch (IOException | RuntimeException unknown) {
      return null;
    } finally {
      measuredNanos = System.nanoTime();
    }
  }

  private double seconds(TopicSlices waiting) {
    if (waiting.isEmpty()) {
      return 0;
    }

    OptionalLong oldest = FirstRecords.oldestMillis(topics.kafka(), waiting, PATIENCE);
    return oldest.isEmpty()
        ? -1
        : Math.max(0, java.time.Instant.now().toEpochMilli() - oldest.getAsLong()) / 1e3;
  }

  @Override
  public void close() {
    measurements.shutdownNow();
    try {
      // What is measured right now ends by itself.
      if (measurements.awaitTermination(1, TimeUnit.SECONDS) && feed != null) {
        feed.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
