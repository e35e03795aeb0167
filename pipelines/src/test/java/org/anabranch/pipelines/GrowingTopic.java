package org.anabranch.pipelines;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A topic of change events of one table that grows while others read it: events of a key are spread
 * over four partitions, and a fifth one stays empty. What the rows are in the end is worked out
 * beside it, in the order of the source's log and without any code of ours.
 */
final class GrowingTopic {

  static final String TABLE = "counters";
  static final String NAME = "grown.public." + TABLE;

  private static final int PARTITIONS = 4;
  private static final int KEYS = 50_000;
  private static final int DELETED_OF = 20;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(3);

  private final String bootstrapServers;
  private final int events;
  private final Duration duration;
  private final Random random;

  /** Number of the last event by key, where that is no delete. */
  private final Map<Long, Long> rows = new HashMap<>();

  /**
   * Makes the topic.
   *
   * @param events how many will be sent
   * @param duration how long that takes at least
   */
  GrowingTopic(String bootstrapServers, int events, Duration duration, long seed) throws Exception {
    this.bootstrapServers = bootstrapServers;
    this.events = events;
    this.duration = duration;
    random = new Random(seed);
    try (Admin admin = admin()) {
      admin
          .createTopics(
              List.of(new NewTopic(NAME, Optional.of(PARTITIONS + 1), Optional.of((short) 1))))
          .all()
          .get();
    }
  }

  private Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  /**
   * Begins to send; what comes back is done when the broker has everything.
   *
   * @param hasCommitted whether a reader has committed: the last tenth is not sent before
   */
  CompletableFuture<Void> send(BooleanSupplier hasCommitted) {
    Executor thread = task -> new Thread(task, "growing topic").start();
    return CompletableFuture.runAsync(() -> sendAll(hasCommitted), thread);
  }

  private void sendAll(BooleanSupplier hasCommitted) {
    AtomicReference<Exception> failure = new AtomicReference<>();
    long begin = System.nanoTime();
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "linger.ms", "20"),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int event = 1; event <= events; event++) {
        if (event == events - events / 10) {
          producer.flush();
          await(hasCommitted);
        }

        var unused =
            producer.send(
                record(event),
                (place, problem) -> {
                  if (problem != null) {
                    failure.compareAndSet(null, problem);
                  }
                });
        long early = begin + duration.toNanos() / events * event - System.nanoTime();
        if (early > 1_000_000) {
          LockSupport.parkNanos(early);
        }
      }

      producer.flush();
    }

    if (failure.get() != null) {
      throw new IllegalStateException("an event was not sent", failure.get());
    }
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + LONGEST_WAIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("no reader has committed within " + LONGEST_WAIT);
      }

      LockSupport.parkNanos(50_000_000);
    }
  }

  private ProducerRecord<byte[], byte[]> record(long event) {
    long key = random.nextInt(KEYS);
    boolean isDelete = random.nextInt(DELETED_OF) == 0;
    if (isDelete) {
      rows.remove(key);
    } else {
      rows.put(key, event);
    }

    String row = "{\"id\":" + key + ",\"n\":" + event + "}";
    String value =
        "{\"before\":%s,\"after\":%s,\"source\":{\"connector\":\"postgresql\",\"name\":\"grown\",\"db\":\"d\",\"schema\":\"public\",\"table\":\"%s\",\"sequence\":\"[\\\"%d\\\",\\\"%d\\\"]\",\"lsn\":%d,\"ts_ms\":%d},\"op\":\"%s\"}"
            .formatted(
                isDelete ? "{\"id\":" + key + ",\"n\":0}" : "null",
                isDelete ? "null" : row,
                TABLE,
                event,
                event,
                event,
                1_767_225_600_000L + event,
                isDelete ? "d" : "u");
    return new ProducerRecord<>(
        NAME, random.nextInt(PARTITIONS), bytes("{\"id\":" + key + "}"), bytes(value));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** How many records the broker says there are: the sum of ends minus starts. */
  long offsets() throws Exception {
    try (Admin admin = admin()) {
      return offsets(admin, OffsetSpec.latest()) - offsets(admin, OffsetSpec.earliest());
    }
  }

  private static long offsets(Admin admin, OffsetSpec spec) throws Exception {
    Map<TopicPartition, OffsetSpec> asked =
        IntStream.rangeClosed(0, PARTITIONS)
            .boxed()
            .collect(Collectors.toMap(number -> new TopicPartition(NAME, number), any -> spec));
    return admin.listOffsets(asked).all().get().values().stream()
        .mapToLong(found -> found.offset())
        .sum();
  }

  /** The rows there must be when everything was sent: the number by key. */
  Map<Long, Long> rows() {
    return rows;
  }
}
