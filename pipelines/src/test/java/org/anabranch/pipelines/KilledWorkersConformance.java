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
import org.anabranch.testdata.LocalBroker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job that goes on, on a cluster whose parts are processes of their own: parts of it are killed,
 * and the tables are those of the oracle. Needs the cluster jar, so it runs after packaging.
 */
@Tag("proof")
@Tag("cluster")
public abstract class KilledWorkersConformance {

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

  /** Flags of the launcher's JVM, separated by spaces. */
  protected String javaOptions() {
    return "-Xmx1g";
  }

  /** Name of the mode, as the command line has it. */
  protected abstract String mode();

  /** Shortest time from one kill to the next. */
  protected long calmNanos() {
    return 4_000_000_000L;
  }

  /** Waits until a job that tells of its batches has got on: it is killed in many of them. */
  private void awaitBatch(LauncherProcess job) throws Exception {
    if (!mode().equals("stream")) {
      long batches = job.printed().lines().filter(line -> line.startsWith("batch ")).count();
      job.awaitPrinted("batch " + (batches + 1) + ":");
    }
  }

  /** Kills the worker, or a part of it that does its work; gives the worker there is then. */
  protected Process kill(ClusterProcesses processes, Process worker) throws Exception {
    processes.kill(worker);
    return startWorker(processes);
  }

  @BeforeEach
  void load() throws Exception {
    broker = LocalBroker.start(directory.resolve("broker"));
    records = ShopTopics.load(broker.bootstrapServers(), directory.resolve("data"), 200);
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
      try (LauncherProcess job = LauncherProcess.ofScript(log(), javaOptions(), call(options))) {
        job.awaitPrinted(firstLine());
        while (kills < KILLS && !job.endsWithin(calmNanos() + random.nextLong(6_000_000_000L))) {
          worker = kill(processes, worker);
          kills++;
          awaitBatch(job);
        }

        assertThat("seed " + seed + job.printed() + processes.logs(), job.exitCode(), is(0));
      }
    }

    assertThat("kills", kills, greaterThanOrEqualTo(KILLS));
    assertThat("seed " + seed, differences(), is(Map.of()));
  }

  /** What a job says when it is under way. */
  final String firstLine() {
    return mode().equals("stream") ? "a stream of" : "batch 1:";
  }

  final ClusterProcesses processes() throws IOException {
    return new ClusterProcesses(Files.createDirectory(directory.resolve("cluster")));
  }

  final List<String> call(List<String> options) {
    List<String> call =
        new ArrayList<>(
            List.of(
                "run",
                "customer-360",
                "--runner=" + runner(),
                "--mode=" + mode(),
                "--bootstrap-servers=" + broker.bootstrapServers(),
                "--topics=/shop\\..*/",
                // Lines come later than the seven days for which deletes are remembered otherwise.
                "--tombstone-retention=3650d",
                "--warehouse=" + directory.resolve("warehouse")));
    call.addAll(options);
    return call;
  }

  final Map<String, String> differences() throws Exception {
    try (OracleTables oracle = OracleTables.compute(directory.resolve("data"), 60)) {
      return oracle.differences(directory.resolve("warehouse"));
    }
  }

  final Path log() {
    return directory.resolve("run.log");
  }

  final long records() {
    return records;
  }
}
