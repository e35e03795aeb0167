package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker, a process of its own, is killed (SIGKILL) while a job reads from it. Where it is back
 * soon, the job goes on; where it stays away, the job ends with one line that says so and the next
 * one goes on. The tables are those of the oracle.
 */
@Tag("proof")
public abstract class RestartedBrokerConformance {

  private static final int RESTARTS = 10;

  /** How long a broker that was started again stays up, at least. */
  private static final long UP_NANOS = 2_500_000_000L;

  @TempDir private Path directory;
  private RestartedBroker broker;
  private long records;

  /** Name of the runner, as the command line has it. */
  protected abstract String runner();

  /** Name of the mode, as the command line has it. */
  protected abstract String mode();

  @BeforeEach
  void load() throws Exception {
    broker = new RestartedBroker(directory.resolve("broker"));
    records = ShopTopics.load(broker.bootstrapServers(), directory.resolve("data"), 200);
  }

  @AfterEach
  void stop() throws Exception {
    broker.close();
  }

  @Test
  void aBrokerThatIsBackSoonIsWaitedFor() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int restarts = 0;
    try (LauncherProcess job = LauncherProcess.start(log(), call(records / 60))) {
      job.awaitPrinted("batch 1:");
      while (restarts < RESTARTS && !job.endsWithin(UP_NANOS + random.nextLong(UP_NANOS))) {
        broker.kill();
        broker.startAgain();
        restarts++;
      }

      assertThat("seed " + seed + job.printed(), job.exitCode(), is(0));
      assertThat(job.printed(), job.printed(), containsString(" " + records + " "));
    }

    assertThat("restarts", restarts, greaterThanOrEqualTo(RESTARTS));
    assertThat("seed " + seed, differences(), is(Map.of()));
  }

  @Test
  void aBrokerThatStaysAwayEndsTheJobInOneLineAndTheNextOneGoesOn() throws Exception {
    try (LauncherProcess job = LauncherProcess.start(log(), call(records / 60))) {
      job.awaitPrinted("batch 3:");
      broker.kill();

      assertThat(job.printed(), job.exitCode(), is(1));
      List<String> told =
          job.printed().lines().filter(line -> line.startsWith("anabranch: ")).toList();
      assertThat(job.printed(), told, hasSize(1));
      assertThat(told.get(0), containsString(broker.bootstrapServers()));
    }

    broker.startAgain();
    LauncherProcess.run(log(), call(records));
    assertThat(differences(), is(Map.of()));
  }

  private List<String> call(long maxRows) {
    return List.of(
        "run",
        "customer-360",
        "--runner=" + runner(),
        "--mode=" + mode(),
        "--bootstrap-servers=" + broker.bootstrapServers(),
        "--topics=/shop\\..*/",
        "--until-caught-up",
        "--max-rows=" + maxRows,
        // Lines come later than the seven days for which deletes are remembered otherwise.
        "--tombstone-retention=3650d",
        "--warehouse=" + directory.resolve("warehouse"));
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
