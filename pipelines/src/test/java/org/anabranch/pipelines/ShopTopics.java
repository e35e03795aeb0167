package org.anabranch.pipelines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicLoader;
import org.anabranch.testdata.ShopGenerator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;

/** Change events of a shop in the topics of a broker. */
final class ShopTopics {

  private static final int PARTITIONS = 4;

  private ShopTopics() {}

  /**
   * Makes the events and sends them. Each topic has four partitions with records and an empty one.
   *
   * @param data where their files are, for the oracle
   * @return how many records there are
   */
  static long load(String bootstrapServers, Path data, int customers) throws Exception {
    return load(
        bootstrapServers, new ShopGenerator.Options(data, customers, 1, 7, 4, 0.02, 0.01, 500));
  }

  /** The same for any shop. */
  static long load(String bootstrapServers, ShopGenerator.Options shop) throws Exception {
    ShopGenerator.generate(shop);
    Map<String, Long> sent =
        TopicLoader.load(KafkaConfig.of(bootstrapServers), changes(shop.output()), PARTITIONS);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin
          .createPartitions(
              sent.keySet().stream()
                  .collect(
                      Collectors.toMap(
                          topic -> topic, topic -> NewPartitions.increaseTo(PARTITIONS + 1))))
          .all()
          .get();
    }

    return sent.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Files of changes, in their order. */
  static List<Path> changes(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("changes-"))
          .sorted()
          .toList();
    }
  }
}
