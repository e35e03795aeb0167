package org.anabranch.kafka;

import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics of a test's broker: made, filled and cut. */
final class TestTopics implements Closeable {

  private final String servers;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Queue<Future<RecordMetadata>> sent = new ConcurrentLinkedQueue<>();

  TestTopics(String servers) {
    this.servers = servers;
    admin = Admin.create(Map.of("bootstrap.servers", servers));
    // An idempotent producer can get stuck on a topic that was made a moment ago.
    producer =
        producer(
            Map.of(
                "linger.ms", "5",
                "enable.idempotence", "false",
                "max.in.flight.requests.per.connection", "1"));
  }

  private KafkaProducer<byte[], byte[]> producer(Map<String, Object> settings) {
    Map<String, Object> properties = new java.util.HashMap<>(settings);
    properties.put("bootstrap.servers", servers);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  void create(String topic, int partitions) {
    create(topic, partitions, Map.of());
  }

  void create(String topic, int partitions, Map<String, String> settings) {
    NewTopic added = new NewTopic(topic, Optional.of(partitions), Optional.of((short) 1));
    done(admin.createTopics(List.of(added.configs(settings))).all());
    awaitKnown(topic);
  }

  /** The controller has a new topic a moment before the broker tells of it. */
  private void awaitKnown(String topic) {
    ExecutionException last = null;
    for (int look = 0; look < 100; look++) {
      try {
        admin.describeTopics(List.of(topic)).allTopicNames().get();
        return;
      } catch (ExecutionException notYet) {
        last = notYet;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }

      try {
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    throw new IllegalStateException(last);
  }

  void delete(String topic) {
    done(admin.deleteTopics(List.of(topic)).all());
  }

  /** Removes the records before an offset, as retention does. */
  void removeBefore(String topic, int partition, long offset) {
    done(
        admin
            .deleteRecords(
                Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)))
            .all());
  }

  void send(String topic, Integer partition, String key, String value) {
    send(record(topic, partition, key, value));
  }

  /** Sends a record; {@link #flush} tells whether it arrived. */
  void send(ProducerRecord<byte[], byte[]> record) {
    sent.add(producer.send(record));
  }

  static ProducerRecord<byte[], byte[]> record(
      String topic, Integer partition, String key, String value) {
    return new ProducerRecord<>(topic, partition, bytes(key), bytes(value));
  }

  static byte[] bytes(String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  /** Waits for all records sent; gives where they lie, in the order they were sent. */
  List<RecordMetadata> flush() {
    producer.flush();
    List<RecordMetadata> places = new ArrayList<>();
    for (Future<RecordMetadata> next = sent.poll(); next != null; next = sent.poll()) {
      places.add(done(next));
    }

    return places;
  }

  /** Opens a transaction and leaves it so. */
  Transaction begin(String id) {
    KafkaProducer<byte[], byte[]> writer = producer(Map.of("transactional.id", id));
    writer.initTransactions();
    writer.beginTransaction();
    return new Transaction(writer);
  }

  record Transaction(KafkaProducer<byte[], byte[]> writer) {

    Transaction send(String topic, int partition, List<String> values) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      values.forEach(value -> sent.add(writer.send(record(topic, partition, null, value))));
      writer.flush();
      sent.forEach(TestTopics::done);
      return this;
    }

    void commit() {
      writer.commitTransaction();
      writer.close();
    }

    void abort() {
      writer.abortTransaction();
      writer.close();
    }
  }

  static <T> T done(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  static void done(org.apache.kafka.common.KafkaFuture<Void> future) {
    try {
      future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }
}
