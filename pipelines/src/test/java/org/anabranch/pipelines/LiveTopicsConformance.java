package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicLoader;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.LocalBroker.Life;
import org.anabranch.testdata.ShopGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs while their topics live: a million records that come during the run, and a broker that is
 * killed and started again, lose and double nothing.
 */
@Tag("proof")
public abstract class LiveTopicsConformance {

  private static final int KILLS = 10;
  private static final int MOST_STARTS = 20;
  private static final Pattern TOTAL = Pattern.compile("(?m)^total +(\\d+) +(\\d+) ");

  @TempDir private Path directory;

  /** Name of the runner, as the command line has it. */
  protected abstract String runner();

  /** Modes that go on, each where it is a thing of its own. */
  protected abstract List<String> modes();

  @Test
  void aBrokerThatIsKilledTenTimesChangesNothing() throws Exception {
    Path data = directory.resolve("data");
    ShopGenerator.generate(new ShopGenerator.Options(data, 100, 1, 7, 4, 0.02, 0.01, 500));
    for (String mode : modes()) {
      killBroker(data, mode);
    }
  }

  private void killBroker(Path data, String mode) throws Exception {
    Random random = new Random();
    int port = ClusterProcesses.freePort();
    LocalBroker broker = start(mode, port);
    try {
      long records;
      try (Stream<Path> files = Files.list(data)) {
        List<Path> changes =
            files.filter(file -> file.getFileName().toString().startsWith("changes-")).toList();
        records =
            TopicLoader.load(KafkaConfig.of(broker.bootstrapServers()), changes, 4)
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .sum();
      }

      Path warehouse = directory.resolve("warehouse-" + mode);
      List<String> call =
          call(
              "customer-360",
              mode,
              broker,
              warehouse,
              List.of("--topics=/shop\\..*/", "--until-caught-up", "--max-rows=" + records / 80));
      int kills = 0;
      for (int start = 0; start < MOST_STARTS && kills < KILLS; start++) {
        try (LauncherProcess job = LauncherProcess.start(log(), call)) {
          while (kills < KILLS
              && !job.endsWithin(2_000_000_000L + random.nextLong(4_000_000_000L))) {
            kill(broker);
            kills++;
            TimeUnit.MILLISECONDS.sleep(random.nextLong(3_000));
            broker = start(mode, port);
          }

          if (kills == KILLS || !job.isAlive()) {
            assertEnd(job);
          }
        }
      }

      LauncherProcess.run(log(), call);
      assertThat(mode + " kills", kills, is(KILLS));
      try (OracleTables oracle = OracleTables.compute(data, 60)) {
        assertThat(mode, oracle.differences(warehouse), is(Map.of()));
      }
    } finally {
      broker.close();
    }
  }

  /** It was done, or says in a line why it could not go on. */
  private static void assertEnd(LauncherProcess job) throws Exception {
    if (job.exitCode() != 0) {
      String last = job.printed().lines().reduce("", (before, line) -> line);
      assertThat(job.printed(), last, startsWith("anabranch: "));
    }
  }

  private LocalBroker start(String mode, int port) throws IOException {
    Path files = directory.resolve("broker-" + mode);
    return LocalBroker.start(LocalBroker.home(), files, port, Life.ATTACHED, Map.of());
  }

  private static void kill(LocalBroker broker) {
    ProcessHandle process = ProcessHandle.of(broker.pid()).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }

  @Test
  void aMillionRecordsThatComeDuringARunAreReadOnce() throws Exception {
    for (String mode : modes()) {
      try (LocalBroker broker = LocalBroker.start(directory.resolve("million-" + mode));
          LiveProducer producer = LiveProducer.start(broker.bootstrapServers(), "numbers", 4)) {
        Path warehouse = directory.resolve("numbers-" + mode);
        List<String> call = call("replicate", mode, broker, warehouse, numbers());
        call.addAll(List.of("--every=1s", "--max-rows=100000"));
        long read;
        try (LauncherProcess job = LauncherProcess.start(log(), call)) {
          producer.send(1_000_000);
          producer.awaitIn(warehouse, "replicate");
          job.ask();
          assertThat(job.printed(), job.exitCode(), is(0));
          read = read(job.printed());
        }

        assertThat(mode + " records", read, is(producer.endOffsets()));
        assertThat(mode, NumberSums.of(warehouse), is(producer.sums()));
      }
    }
  }

  @Test
  void batchesDuringAMillionRecordsReadEachOnce() throws Exception {
    try (LocalBroker broker = LocalBroker.start(directory.resolve("million-batch"));
        LiveProducer producer = LiveProducer.start(broker.bootstrapServers(), "numbers", 4)) {
      Path warehouse = directory.resolve("numbers-batch");
      List<String> call = call("replicate", "batch", broker, warehouse, numbers());
      call.add("--from=committed");
      Thread sending = new Thread(() -> producer.send(1_000_000));
      sending.start();
      long read = 0;
      boolean isLast = false;
      for (int run = 0; !isLast && run < 20; run++) {
        isLast = !sending.isAlive();
        read += read(LauncherProcess.run(log(), call));
      }

      assertThat("records", read, is(producer.endOffsets()));
      assertThat(NumberSums.of(warehouse), is(producer.sums()));
    }
  }

  private static List<String> numbers() {
    return List.of("--topics=numbers", "--plain-rows=numbers", "--keys=numbers:id");
  }

  private static long read(String printed) {
    Matcher total = TOTAL.matcher(printed);
    assertThat(printed, total.find(), is(true));
    assertThat(printed, total.group(2), is(total.group(1)));
    return Long.parseLong(total.group(1));
  }

  private List<String> call(
      String pipeline, String mode, LocalBroker broker, Path warehouse, List<String> options) {
    List<String> call =
        new ArrayList<>(
            List.of(
                "run",
                pipeline,
                "--runner=" + runner(),
                "--mode=" + mode,
                "--bootstrap-servers=" + broker.bootstrapServers(),
                "--tombstone-retention=3650d",
                "--warehouse=" + warehouse));
    call.addAll(options);
    return call;
  }

  private Path log() {
    return directory.resolve("run.log");
  }
}
