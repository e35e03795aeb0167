package org.anabranch.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The rows that a topic says there are: the newest value of each key that is no tombstone. */
final class UpsertTopic {

  private static final Duration POLL = Duration.ofMillis(200);

  private UpsertTopic() {}

  /** Rows by key. */
  static Map<JsonNode, JsonNode> rows(String servers, String topic) {
    Map<JsonNode, JsonNode> rows = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", servers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(found -> new TopicPartition(topic, found.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          JsonNode key = Json.parse(new String(record.key(), StandardCharsets.UTF_8));
          if (record.value() == null) {
            rows.remove(key);
          } else {
            rows.put(key, Json.parse(new String(record.value(), StandardCharsets.UTF_8)));
          }
        }
      }
    }

    return rows;
  }
}
