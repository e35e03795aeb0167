package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.anabranch.kafka.EndAt;
import org.anabranch.kafka.FirstRecords;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.StartAt;
import org.anabranch.kafka.TopicIds;
import org.anabranch.kafka.TopicIds.MadeAnewException;
import org.anabranch.kafka.TopicSlices;
import org.anabranch.kafka.Topics;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.testdata.LocalBroker;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a job that goes on moves through topics, on a real broker. */
class TopicFeedTest {

  private static final String TOPIC = "shop";
  private static final long MANY = 1000;

  @TempDir private Path directory;

  @Test
  void aPartitionThatIsAddedIsReadFromItsFirstRecordAndOnce() throws Exception {
    try (LocalBroker broker = LocalBroker.start(directory.resolve("broker"));
        Lake lake = Lake.at(LakeConfig.at(directory.resolve("warehouse")))) {
      KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
      TopicOptions options = new TopicOptions(kafka, TOPIC, StartAt.latest(), EndAt.now(), "job");
      try (Admin admin = Admin.create(connection(broker))) {
        admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
        send(broker, 0, 3);
        try (TopicFeed feed = TopicFeed.open(options)) {
          assertThat(feed.next(lake, MANY), is(nullValue()));

          admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(2))).all().get();
          send(broker, 1, 2);
          Slice slice = feed.next(lake, MANY);

          assertThat(slice, is(notNullValue()));
          assertThat(Objects.requireNonNull(slice).size(), is(2L));
          Map<String, Long> read = new TreeMap<>(slice.read());
          assertThat(read.keySet().removeIf(place -> place.startsWith("topic:")), is(true));
          assertThat(read, equalTo(Map.of("read:job/shop/0", 3L, "read:job/shop/1", 2L)));
          assertThat(feed.behind(slice), is(0L));

          // Nothing is committed: both records wait, since they came into the log.
          TopicSlices waiting = feed.waiting(lake);
          assertThat(waiting.records(), is(2L));
          OptionalLong oldest =
              FirstRecords.oldestMillis(options.kafka(), waiting, Duration.ofSeconds(20));
          assertThat(Instant.now().toEpochMilli() - oldest.orElse(0) < 60_000, is(true));
          aTopicThatIsMadeAnewIsKnownByItsId(broker, admin, slice.read());
        }
      }
    }
  }

  /** Also where it has more records than before. */
  private static void aTopicThatIsMadeAnewIsKnownByItsId(
      LocalBroker broker, Admin admin, Map<String, Long> places) throws Exception {
    try (Topics topics = Topics.connect(KafkaConfig.of(broker.bootstrapServers()))) {
      TopicIds.requireSame("job", places, topics.ids(List.of(TOPIC)));
      admin.deleteTopics(List.of(TOPIC)).all().get();
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (topics.exists(TOPIC) && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }

      admin.createTopics(List.of(new NewTopic(TOPIC, 2, (short) 1))).all().get();
      send(broker, 0, 9);
      MadeAnewException refused =
          assertThrows(
              MadeAnewException.class,
              () -> TopicIds.requireSame("job", places, topics.ids(List.of(TOPIC))));
      assertThat(refused.getMessage(), containsString("topic shop was made anew: its id was "));
    }
  }

  private static Map<String, Object> connection(LocalBroker broker) {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  private static void send(LocalBroker broker, int partition, int records) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            connection(broker), new ByteArraySerializer(), new ByteArraySerializer())) {
      byte[] value = "{}".getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < records; i++) {
        producer.send(new ProducerRecord<>(TOPIC, partition, value, value)).get();
      }
    }
  }
}
