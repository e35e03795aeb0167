package org.anabranch.kafka;

import java.util.LinkedHashMap;
import java.util.Map;
import org.anabranch.model.Internal;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes keys and values to a topic with Beam's KafkaIO; a null value is a tombstone. A record is
 * acknowledged by all replicas, or its bundle fails and is written again: who reads the newest
 * value of each key sees no difference.
 */
@Internal
public final class WriteTopic
    extends PTransform<PCollection<KV<byte[], byte @Nullable []>>, PDone> {

  private static final long serialVersionUID = 1;

  private final KafkaConfig kafka;
  private final String topic;

  private WriteTopic(KafkaConfig kafka, String topic) {
    this.kafka = kafka;
    this.topic = topic;
  }

  public static WriteTopic to(KafkaConfig kafka, String topic) {
    return new WriteTopic(kafka, topic);
  }

  @Override
  public PDone expand(PCollection<KV<byte[], byte @Nullable []>> records) {
    return records.apply(
        "Write",
        KafkaIO.<byte[], byte[]>write()
            .withBootstrapServers(kafka.bootstrapServers())
            .withTopic(topic)
            .withKeySerializer(ByteArraySerializer.class)
            .withValueSerializer(ByteArraySerializer.class)
            .withProducerFactoryFn(new Producers(kafka)));
  }

  /** Makes producers; properties, which may be secrets, are no part of what a step shows. */
  private static final class Producers
      implements SerializableFunction<Map<String, Object>, Producer<byte[], byte[]>> {

    private static final long serialVersionUID = 1;

    private final KafkaConfig kafka;

    Producers(KafkaConfig kafka) {
      this.kafka = kafka;
    }

    @Override
    public Producer<byte[], byte[]> apply(Map<String, Object> given) {
      Map<String, Object> properties = new LinkedHashMap<>(given);
      properties.putAll(kafka.producerProperties());
      return new KafkaProducer<>(properties);
    }
  }
}
