package org.anabranch.kafka;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.anabranch.model.Internal;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends the lines of files to the topics they name, for trying things out: the same key goes to the
 * same partition, in the order of the lines. Topics that are missing are made. A line that is no
 * record is sent as it is, as the value of a record without a key, to the topic of the line before
 * it, so that a reader of the topics meets what a reader of the files meets. A line's timestamp
 * becomes that of its record.
 */
@Internal
public final class TopicLoader {

  private final KafkaConfig config;
  private final int partitions;
  private final Map<String, Long> sent = new TreeMap<>();
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  private TopicLoader(KafkaConfig config, int partitions) {
    this.config = config;
    this.partitions = partitions;
  }

  /**
   * Sends all lines.
   *
   * @param files plain or .gz
   * @param partitions of topics that are made
   * @return how many records went to each topic
   */
  public static Map<String, Long> load(KafkaConfig config, List<Path> files, int partitions)
      throws IOException {
    return new TopicLoader(config, partitions).load(files);
  }

  private Map<String, Long> load(List<Path> files) throws IOException {
    Map<String, Object> properties = new LinkedHashMap<>(config.clientProperties());
    properties.put("bootstrap.servers", config.bootstrapServers());
    properties.put("linger.ms", "20");
    properties.put("compression.type", "lz4");
    // In order also where a request is repeated; an idempotent producer can get stuck on a topic
    // that was made a moment ago.
    properties.put("enable.idempotence", "false");
    properties.put("max.in.flight.requests.per.connection", "1");
    try (Admin admin = Admin.create(config.adminProperties());
        Producer<byte[], byte[]> producer =
            new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      String topic = "";
      for (Path file : files) {
        topic = load(file, topic, admin, producer);
      }

      producer.flush();
    } catch (KafkaException e) {
      throw failed(e);
    }

    Exception first = failure.get();
    if (first != null) {
      throw failed(first);
    }

    return sent;
  }

  private IOException failed(Exception reason) {
    IOException failed =
        new IOException(
            "cannot load topics of "
                + config.bootstrapServers()
                + ": "
                + KafkaFailures.reason(reason, config));
    failed.addSuppressed(reason);
    return failed;
  }

  /** Sends the lines of a file; gives the topic of the last one. */
  private String load(Path file, String before, Admin admin, Producer<byte[], byte[]> producer)
      throws IOException {
    String topic = before;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in) {
      for (String text : new String(plain.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        if (text.isEmpty()) {
          continue;
        }

        byte[] line = text.getBytes(StandardCharsets.UTF_8);
        Optional<TopicLine> read = TopicLine.read(line);
        topic = read.map(TopicLine::topic).orElse(topic);
        if (topic.isEmpty()) {
          continue;
        }

        require(topic, admin);
        send(producer, record(topic, line, read));
      }
    }

    return topic;
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, byte[] line, Optional<TopicLine> read) {
    if (read.isEmpty()) {
      return new ProducerRecord<>(topic, line);
    }

    TopicLine record = read.get();
    ProducerRecord<byte[], byte[]> sent =
        new ProducerRecord<>(topic, null, record.timestamp(), record.key(), record.value());
    record.headers().forEach((name, value) -> sent.headers().add(name, value));
    return sent;
  }

  private void send(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
    var unused =
        producer.send(
            record,
            (place, problem) -> {
              if (problem != null) {
                failure.compareAndSet(null, problem);
              }
            });
    sent.merge(record.topic(), 1L, Long::sum);
  }

  private void require(String topic, Admin admin) throws IOException {
    if (sent.containsKey(topic)) {
      return;
    }

    try {
      admin
          .createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
          .all()
          .get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(e);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw failed(e);
      }
    }
  }
}
