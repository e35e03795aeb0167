package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicLoader;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.ShopGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that ends in {@code LakeIO.upsert} by the public API alone, on a cluster whose parts
 * are processes of their own: its worker is killed, it goes on from a checkpoint, from a savepoint
 * that is older than the tables, and from nothing, and the tables are those of the oracle.
 */
@Tag("proof")
@Tag("cluster")
public abstract class KilledProgramConformance {

  private static final int KILLS = 10;
  private static final int PARTITIONS = 4;
  private static final Duration MAX_WAIT = Duration.ofMinutes(4);

  @TempDir private Path directory;

  /** Starts a cluster without workers. */
  protected abstract void start(ClusterProcesses processes) throws Exception;

  /** Starts a worker and waits until the cluster knows it. */
  protected abstract Process startWorker(ClusterProcesses processes) throws Exception;

  /** Class path of the program: the cluster jar and the engine. */
  protected abstract String classPath() throws Exception;

  /** Options with which it runs on the cluster. */
  protected abstract List<String> options() throws Exception;

  /** Takes a savepoint of the job, which goes on; gives the option to start from it. */
  protected abstract String savepoint(ClusterProcesses processes) throws Exception;

  /** Ends the job. */
  protected abstract void cancel(ClusterProcesses processes) throws Exception;

  @Test
  void killsAnOlderSavepointAndNoStateChangeNothing() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path data = directory.resolve("data");
    ShopGenerator.generate(new ShopGenerator.Options(data, 300, 1, 7, KILLS + 1, 0.02, 0.01, 500));
    try (LocalBroker broker = LocalBroker.start(directory.resolve("broker"));
        ClusterProcesses processes =
            new ClusterProcesses(Files.createDirectory(directory.resolve("cluster")))) {
      start(processes);
      Process worker = startWorker(processes);
      load(broker, data, 0);
      Process program = run(processes, broker, "program", List.of());
      String savepoint = "";
      for (int kill = 1; kill <= KILLS; kill++) {
        TimeUnit.MILLISECONDS.sleep(4_000 + random.nextInt(4_000));
        if (kill == KILLS / 2) {
          savepoint = savepoint(processes);
        }

        load(broker, data, kill);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(3_000));
        processes.kill(worker);
        worker = startWorker(processes);
      }

      awaitOracle("seed " + seed, data, processes);
      cancel(processes);
      processes.kill(program);
      for (List<String> from : List.of(List.of(savepoint), List.<String>of())) {
        program = run(processes, broker, "again" + from.size(), from);
        TimeUnit.SECONDS.sleep(30);
        assertThat(processes.logs(), program.isAlive(), is(true));
        awaitOracle("seed " + seed + " from " + from, data, processes);
        cancel(processes);
        processes.kill(program);
      }
    }
  }

  private static void load(LocalBroker broker, Path data, int part) throws Exception {
    List<Path> files = ShopTopics.changes(data);
    int from = files.size() * part / (KILLS + 1);
    int to = files.size() * (part + 1) / (KILLS + 1);
    TopicLoader.load(
        KafkaConfig.of(broker.bootstrapServers()), files.subList(from, to), PARTITIONS);
  }

  private Process run(
      ClusterProcesses processes, LocalBroker broker, String name, List<String> more)
      throws Exception {
    String tests =
        Path.of(PlainProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-Xmx512m",
                "-cp",
                classPath() + File.pathSeparator + tests,
                PlainProgram.class.getName(),
                broker.bootstrapServers(),
                directory.resolve("warehouse").toString()));
    arguments.addAll(options());
    arguments.addAll(more);
    return processes.java(name, Map.of(), arguments);
  }

  private void awaitOracle(String when, Path data, ClusterProcesses processes) throws Exception {
    Path warehouse = directory.resolve("warehouse");
    Instant end = Instant.now().plus(MAX_WAIT);
    Map<String, String> differences = TopicRunsConformance.differencesOfMerged(data, warehouse);
    while (!differences.isEmpty() && Instant.now().isBefore(end)) {
      TimeUnit.SECONDS.sleep(2);
      differences = TopicRunsConformance.differencesOfMerged(data, warehouse);
    }

    assertThat(when + (differences.isEmpty() ? "" : processes.logs()), differences, is(Map.of()));
  }
}
