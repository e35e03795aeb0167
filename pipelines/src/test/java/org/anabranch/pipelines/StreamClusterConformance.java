package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicLoader;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.ShopGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream on a cluster whose parts are processes of their own: killed workers, and a job that is
 * stopped with a savepoint and goes on from it, end in the tables of the oracle. Needs the cluster
 * jar, so it runs after packaging.
 */
@Tag("proof")
@Tag("cluster")
public abstract class StreamClusterConformance {

  private static final int KILLS = 10;

  @TempDir private Path directory;
  private LocalBroker broker;
  private long records;

  /** Name of the runner, as the command line has it. */
  protected abstract String runner();

  /**
   * Starts a cluster without workers.
   *
   * @return options of the run
   */
  protected abstract List<String> start(ClusterProcesses processes) throws Exception;

  /** Starts a worker and waits until the cluster knows it. */
  protected abstract Process startWorker(ClusterProcesses processes) throws Exception;

  /**
   * Stops the job with a savepoint.
   *
   * @return options of the run that goes on from it
   */
  protected abstract List<String> stopWithSavepoint(ClusterProcesses processes) throws Exception;

  @BeforeEach
  void load() throws IOException {
    Path data = directory.resolve("data");
    ShopGenerator.generate(new ShopGenerator.Options(data, 200, 1, 7, 4, 0.02, 0.01, 500));
    broker = LocalBroker.start(directory.resolve("broker"));
    try (Stream<Path> files = Files.list(data)) {
      List<Path> changes =
          files.filter(file -> file.getFileName().toString().startsWith("changes-")).toList();
      records =
          TopicLoader.load(KafkaConfig.of(broker.bootstrapServers()), changes, 4).values().stream()
              .mapToLong(Long::longValue)
              .sum();
    }
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  @Test
  void killedWorkersChangeNothing() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int kills = 0;
    try (ClusterProcesses processes = processes()) {
      List<String> options = new ArrayList<>(start(processes));
      options.addAll(List.of("--until-caught-up", "--max-rows=" + records / 60));
      Process worker = startWorker(processes);
      try (LauncherProcess job = LauncherProcess.ofScript(log(), call(options))) {
        job.awaitPrinted("a stream of");
        while (kills < KILLS && !job.endsWithin(4_000_000_000L + random.nextLong(6_000_000_000L))) {
          processes.kill(worker);
          kills++;
          worker = startWorker(processes);
        }

        assertThat("seed " + seed + job.printed() + processes.logs(), job.exitCode(), is(0));
      }
    }

    assertThat("kills", kills, greaterThanOrEqualTo(KILLS));
    assertThat("seed " + seed, differences(), is(Map.of()));
  }

  @Test
  void aJobGoesOnFromItsSavepoint() throws Exception {
    try (ClusterProcesses processes = processes()) {
      List<String> options = new ArrayList<>(start(processes));
      options.addAll(List.of("--every=1s", "--max-rows=" + records / 20));
      startWorker(processes);
      List<String> goingOn;
      try (LauncherProcess job = LauncherProcess.ofScript(log(), call(options))) {
        job.awaitPrinted("a stream of");
        TimeUnit.SECONDS.sleep(25);
        goingOn = stopWithSavepoint(processes);
        assertThat(job.printed() + processes.logs(), job.exitCode(), is(0));
      }

      options.addAll(goingOn);
      try (LauncherProcess job = LauncherProcess.ofScript(log(), call(options))) {
        for (int look = 0; look < 60 && job.isAlive() && !differences().isEmpty(); look++) {
          TimeUnit.SECONDS.sleep(2);
        }

        assertThat(job.printed() + processes.logs(), differences(), is(Map.of()));
      }
    }
  }

  private ClusterProcesses processes() throws IOException {
    return new ClusterProcesses(Files.createDirectory(directory.resolve("cluster")));
  }

  private List<String> call(List<String> options) {
    List<String> call =
        new ArrayList<>(
            List.of(
                "run",
                "customer-360",
                "--runner=" + runner(),
                "--mode=stream",
                "--bootstrap-servers=" + broker.bootstrapServers(),
                "--topics=/shop\\..*/",
                // Lines come later than the seven days for which deletes are remembered otherwise.
                "--tombstone-retention=3650d",
                "--warehouse=" + directory.resolve("warehouse")));
    call.addAll(options);
    return call;
  }

  private Map<String, String> differences() throws Exception {
    try (OracleTables oracle = OracleTables.compute(directory.resolve("data"), 60)) {
      return oracle.differences(directory.resolve("warehouse"));
    }
  }

  private Path log() {
    return directory.resolve("run.log");
  }
}
