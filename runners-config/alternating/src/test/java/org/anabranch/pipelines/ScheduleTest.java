package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicLoader;
import org.anabranch.lake.JobLease;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.ShopGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script for cron, started as cron starts it: with next to no environment. */
@SuppressWarnings("try") // A lease is held, not used.
@Tag("long")
class ScheduleTest {

  private static final int WINDOW_MINUTES = 60;
  private static final long LONGEST_SECONDS = 180;

  @TempDir private Path directory;

  @Test
  void eachStartCatchesUpAndSkipsWhileAnotherRuns() throws Exception {
    Path data = directory.resolve("data");
    ShopGenerator.generate(new ShopGenerator.Options(data, 100, 1, 7, 2, 0.02, 0.01, 500));
    List<Path> files;
    try (Stream<Path> all = Files.list(data)) {
      files = all.filter(file -> file.toString().contains("changes-")).sorted().toList();
    }

    Path warehouse = directory.resolve("warehouse");
    try (LocalBroker broker = LocalBroker.start(directory.resolve("broker"))) {
      KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
      TopicLoader.load(kafka, files.subList(0, 1), 3);
      start(broker, warehouse);
      TopicLoader.load(kafka, files.subList(1, files.size()), 3);
      try (Lake lake = Lake.at(LakeConfig.at(warehouse));
          JobLease other =
              JobLease.take(lake, "customer-360", "another", Duration.ofMinutes(5)).orElseThrow()) {
        assertThat(start(broker, warehouse), containsString("nothing to do"));
      }

      start(broker, warehouse);
    }

    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      assertThat(oracle.differences(warehouse), is(Map.of()));
    }
  }

  /** Starts the script and waits for its end; gives what it printed. */
  private String start(LocalBroker broker, Path warehouse)
      throws IOException, InterruptedException {
    Path home = TestFiles.customer360().getParent().getParent();
    Path log = directory.resolve("cron.log");
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("runners-config/schedule/catch-up.sh").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("ANABRANCH_BROKERS", broker.bootstrapServers());
    builder.environment().put("ANABRANCH_TOPICS", "/shop\\..*/");
    builder.environment().put("ANABRANCH_WAREHOUSE", warehouse.toString());
    Process process = builder.start();
    try {
      assertThat("it ends", process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), is(true));
    } finally {
      process.destroyForcibly();
    }

    String printed = Files.readString(log);
    assertThat(printed, process.exitValue(), is(0));
    return printed;
  }
}
