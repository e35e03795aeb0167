package org.anabranch.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.anabranch.testdata.LocalBroker;

/** The one broker of all tests of this process. */
final class TestBroker {

  private static final Path DIRECTORY = Path.of("target", "broker");

  /** Compaction without the waits that spare a busy broker. */
  private static final Map<String, String> SETTINGS =
      Map.of("log.cleaner.backoff.ms", "200", "log.initial.task.delay.ms", "200");

  private static final LocalBroker BROKER = start();

  private TestBroker() {}

  private static LocalBroker start() {
    try {
      if (Files.exists(DIRECTORY)) {
        try (Stream<Path> old = Files.walk(DIRECTORY)) {
          for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(path);
          }
        }
      }

      return LocalBroker.start(
          LocalBroker.home(), DIRECTORY, 0, LocalBroker.Life.ATTACHED, SETTINGS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String servers() {
    return BROKER.bootstrapServers();
  }

  static KafkaConfig config() {
    return KafkaConfig.of(servers());
  }
}
