package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicLoader;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.ShopGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream on Flink takes what comes in while Spark backfills an older range into the same tables;
 * Direct takes the rest.
 */
@Tag("proof")
class BackfillBesideLiveTest {

  private static final int WINDOW_MINUTES = 60;
  private static final int PARTITIONS = 4;

  @TempDir private Path directory;

  @Test
  void aBackfillOnAnotherRunnerBesideALiveStreamEndsInTheTablesOfTheOracle() throws Exception {
    Path data = directory.resolve("data");
    ShopGenerator.generate(new ShopGenerator.Options(data, 400, 1, 7, 4, 0.02, 0.01, 500));
    List<Path> files = files(data);
    try (LocalBroker broker = LocalBroker.start(directory.resolve("broker"))) {
      KafkaConfig kafka = KafkaConfig.of(broker.bootstrapServers());
      TopicLoader.load(kafka, files.subList(0, 2), PARTITIONS);
      String middle = Instant.now().toString();
      TimeUnit.MILLISECONDS.sleep(10);

      List<String> live = call(broker, "flink", "stream", "--from=" + middle, "--every=1s");
      try (LauncherProcess stream = LauncherProcess.ofScript(log("live"), live)) {
        TopicLoader.load(kafka, files.subList(2, 3), PARTITIONS);
        stream.awaitPrinted("batch 1:");
        List<String> older =
            call(broker, "spark", "batch", "--from=earliest", "--to=" + middle, "--job=older");
        try (LauncherProcess backfill = LauncherProcess.ofScript(log("backfill"), older)) {
          TopicLoader.load(kafka, files.subList(3, files.size()), PARTITIONS);
          assertThat(backfill.printed(), backfill.exitCode(), is(0));
        }

        stream.ask();
        assertThat(stream.printed(), stream.exitCode(), is(0));
      }

      List<String> rest = call(broker, "direct", "micro-batch", "--until-caught-up");
      try (LauncherProcess last = LauncherProcess.ofScript(log("rest"), rest)) {
        assertThat(last.printed(), last.exitCode(), is(0));
      }
    }

    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      assertThat(oracle.differences(directory.resolve("warehouse")), is(Map.of()));
    }
  }

  private static List<Path> files(Path data) throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("changes-"))
          .sorted()
          .toList();
    }
  }

  private List<String> call(LocalBroker broker, String runner, String mode, String... more) {
    List<String> call =
        new ArrayList<>(
            List.of(
                "run",
                "customer-360",
                "--runner=" + runner,
                "--mode=" + mode,
                "--bootstrap-servers=" + broker.bootstrapServers(),
                "--topics=/shop\\..*/",
                // Lines come later than the seven days for which deletes are remembered otherwise.
                "--tombstone-retention=3650d",
                "--warehouse=" + directory.resolve("warehouse")));
    call.addAll(List.of(more));
    return call;
  }

  private Path log(String name) {
    return directory.resolve(name + ".log");
  }
}
