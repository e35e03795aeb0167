package org.anabranch.kafka;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads slices of partitions, one after the other: every committed record of a slice once and in
 * order, or it fails. A slice ends with the first record behind it, or when the consumer stands
 * behind it: where its last offsets are those of aborted records, of markers or of records that
 * were compacted away, no record tells. Not thread-safe.
 */
final class SliceReader implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(SliceReader.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final KafkaConfig config;
  private final Duration patience;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /**
   * Opens a consumer.
   *
   * @param patience how long a slice may make no progress
   */
  SliceReader(KafkaConfig config, Duration patience) throws IOException {
    this.config = config;
    this.patience = patience;
    try {
      consumer =
          new KafkaConsumer<>(
              config.consumerProperties(),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw named("cannot connect to " + config.bootstrapServers(), e);
    }
  }

  /** Takes records, and may fail as files do. */
  @FunctionalInterface
  interface Receiver {
    void accept(ConsumerRecord<byte[], byte[]> record) throws IOException;
  }

  /** Reads a slice. */
  void read(TopicSlice slice, Receiver receiver) throws IOException {
    try {
      readAll(slice, receiver);
    } catch (InterruptException e) {
      throw e;
    } catch (InvalidOffsetException e) {
      throw named(
          "records of "
              + slice
              + " are no longer there: they were removed while they were being read, or the topic"
              + " was made anew",
          e);
    } catch (KafkaException e) {
      throw named("cannot read " + slice + " from " + config.bootstrapServers(), e);
    }
  }

  private void readAll(TopicSlice slice, Receiver receiver) throws IOException {
    TopicPartition partition = new TopicPartition(slice.topic(), slice.partition());
    LOG.debug("reading {} from {}", slice, config.bootstrapServers());
    consumer.assign(List.of(partition));
    consumer.seek(partition, slice.start());
    long next = slice.start();
    long lastProgress = System.nanoTime();
    while (next < slice.end()) {
      List<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL).records(partition);
      if (!hand(records, slice.end(), receiver)) {
        break;
      }

      long position = position(partition, next);
      if (position > next) {
        next = position;
        lastProgress = System.nanoTime();
      } else if (System.nanoTime() - lastProgress > patience.toNanos()) {
        throw new IOException(
            "no record of %s from offset %d on came from %s within %d s; are the brokers up?"
                .formatted(slice, next, config.bootstrapServers(), patience.toSeconds()));
      }
    }

    LOG.debug("{} is read", slice);
  }

  /** Hands over the records before the end; false when one behind it came. */
  private static boolean hand(
      List<ConsumerRecord<byte[], byte[]>> records, long end, Receiver receiver)
      throws IOException {
    long bytes = 0;
    int handed = 0;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.offset() >= end) {
        break;
      }

      receiver.accept(record);
      bytes += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
      handed++;
    }

    ReadProgress.add(handed, bytes);
    return handed == records.size();
  }

  /** Where the consumer stands; {@code otherwise} while it does not know. */
  private long position(TopicPartition partition, long otherwise) {
    try {
      return consumer.position(partition, POLL);
    } catch (TimeoutException notYet) {
      return otherwise;
    }
  }

  private IOException named(String what, KafkaException failure) {
    String reason = KafkaFailures.reason(failure, config);
    IOException named =
        new IOException(failure instanceof InvalidOffsetException ? what : what + ": " + reason);
    named.addSuppressed(new IllegalStateException(reason));
    return named;
  }

  @Override
  public void close() {
    consumer.close(CLOSE);
  }
}
