package org.anabranch.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.anabranch.model.Internal;
import org.anabranch.transforms.archive.LogRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Looks at the first records of slices, to tell how long they wait. */
@Internal
public final class FirstRecords {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration CLOSE = Duration.ofSeconds(1);

  private FirstRecords() {}

  /** Takes a record. */
  @FunctionalInterface
  public interface Receiver {
    void accept(LogRecord record);
  }

  /**
   * Hands over the records of slices, which are short.
   *
   * @param patience how long a slice may make no progress
   */
  public static void read(
      KafkaConfig config, TopicSlices slices, Duration patience, Receiver receiver)
      throws IOException {
    try (SliceReader reader = new SliceReader(config, patience)) {
      for (TopicSlice slice : slices.slices()) {
        reader.read(slice, record -> receiver.accept(Records.of(record)));
      }
    }
  }

  /**
   * The time that the log has for the oldest of the first records.
   *
   * @param slices what waits
   * @param patience how long to look at most
   * @return milliseconds since the epoch; empty where nothing waits, or it could not be found out
   */
  public static OptionalLong oldestMillis(
      KafkaConfig config, TopicSlices slices, Duration patience) {
    Map<TopicPartition, Long> starts = new HashMap<>();
    for (TopicSlice slice : slices.slices()) {
      if (slice.records() > 0) {
        starts.put(new TopicPartition(slice.topic(), slice.partition()), slice.start());
      }
    }

    if (starts.isEmpty()) {
      return OptionalLong.empty();
    }

    KafkaConsumer<byte[], byte[]> consumer = null;
    try {
      consumer =
          new KafkaConsumer<>(
              config.consumerProperties(),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
      consumer.assign(starts.keySet());
      starts.forEach(consumer::seek);
      return oldest(consumer, new HashSet<>(starts.keySet()), patience);
    } catch (KafkaException unreachable) {
      return OptionalLong.empty();
    } finally {
      if (consumer != null) {
        consumer.close(CLOSE);
      }
    }
  }

  private static OptionalLong oldest(
      KafkaConsumer<byte[], byte[]> consumer, Set<TopicPartition> left, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    long oldest = Long.MAX_VALUE;
    while (!left.isEmpty() && System.nanoTime() < deadline) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (left.remove(partition)) {
          oldest = Math.min(oldest, record.timestamp());
          consumer.pause(Set.of(partition));
        }
      }
    }

    return oldest == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(oldest);
  }
}
