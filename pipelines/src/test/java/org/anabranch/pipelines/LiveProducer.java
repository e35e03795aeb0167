package org.anabranch.pipelines;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeTable;
import org.anabranch.pipelines.Latencies.Sent;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends plain rows {@code {"id":I,"n":N}} to a topic, and remembers the newest number of each id.
 * The topic has one partition more than rows are sent to, which stays empty.
 */
final class LiveProducer implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final int IDS = 100_000;
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final String servers;
  private final String topic;
  private final int partitions;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<Long, Long> newest = new HashMap<>();
  private long sent;

  private LiveProducer(
      String servers, String topic, int partitions, KafkaProducer<byte[], byte[]> producer) {
    this.servers = servers;
    this.topic = topic;
    this.partitions = partitions;
    this.producer = producer;
  }

  static LiveProducer start(String servers, String topic, int partitions)
      throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      admin
          .createTopics(List.of(new NewTopic(topic, Optional.of(partitions + 1), Optional.empty())))
          .all()
          .get();
    }

    return new LiveProducer(
        servers,
        topic,
        partitions,
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers, "linger.ms", "20"),
            new ByteArraySerializer(),
            new ByteArraySerializer()));
  }

  /** Sends so many rows, in the order of their numbers within an id. */
  void send(long rows) {
    for (long row = 0; row < rows; row++) {
      sendOne();
    }

    producer.flush();
  }

  /** Sends so many rows a second for so long, a hundredth of a second's at a time. */
  void sendSteadily(int rate, int seconds) throws InterruptedException {
    long start = System.nanoTime();
    long wanted = (long) rate * seconds;
    for (long done = 0; done < wanted; ) {
      long due = Math.min(wanted, (System.nanoTime() - start) * rate / 1_000_000_000L);
      for (; done < due; done++) {
        sendOne();
      }

      TimeUnit.MILLISECONDS.sleep(10);
    }

    producer.flush();
  }

  private void sendOne() {
    long number = sent++;
    long id = (number * 48_271) % IDS;
    newest.put(id, number);
    var unused =
        producer.send(
            new ProducerRecord<>(
                topic,
                (int) (id % partitions),
                ("{\"id\":" + id + "}").getBytes(StandardCharsets.UTF_8),
                ("{\"id\":" + id + ",\"n\":" + number + "}").getBytes(StandardCharsets.UTF_8)));
  }

  NumberSums sums() {
    return NumberSums.of(newest);
  }

  /** Records of the topic, as the broker counts them. */
  long endOffsets() {
    return ends().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Records of the topic that are not older than this. */
  List<Sent> sentSince(long millis) {
    List<Sent> found = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      List<TopicPartition> all = partitions(consumer);
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.timestamp() >= millis) {
            found.add(new Sent(record.partition(), record.offset(), record.timestamp()));
          }
        }
      }
    }

    return found;
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", servers),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
    return consumer.partitionsFor(topic).stream()
        .map(found -> new TopicPartition(topic, found.partition()))
        .toList();
  }

  private Map<String, Long> ends() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
      Map<String, Long> ends = new TreeMap<>();
      consumer
          .endOffsets(partitions(consumer))
          .forEach((place, end) -> ends.put(topic + "/" + place.partition(), end));
      ends.values().removeIf(end -> end == 0);
      return ends;
    }
  }

  /**
   * Waits until a table of the topic's name has all that was sent, as its progress tells.
   *
   * @param process which writes it
   */
  void awaitIn(Path warehouse, String job, Process process)
      throws IOException, InterruptedException {
    Map<String, Long> wanted = new TreeMap<>();
    ends().forEach((place, end) -> wanted.put("read:" + job + "/" + place, end));
    long last = System.nanoTime() + LONGEST_NANOS;
    while (!progress(warehouse).entrySet().containsAll(wanted.entrySet())) {
      if (System.nanoTime() > last || !process.isAlive()) {
        throw new AssertionError(progress(warehouse) + " instead of " + wanted);
      }

      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  private Map<String, Long> progress(Path warehouse) throws IOException {
    if (!Files.isDirectory(warehouse)) {
      return Map.of();
    }

    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      return lake.tables().stream()
          .filter(table -> table.table().equals(topic))
          .findFirst()
          .map(LakeTable::places)
          .orElse(Map.of());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
