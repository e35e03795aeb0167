package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.anabranch.lake.Lake.UnfinishedRun;
import org.anabranch.transforms.report.TableReport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that adds one row after the other to two tables is killed at random moments and started
 * again: in the end every row is in both tables once, and no file is left over.
 */
@Tag("proof")
class KilledCommitsTest {

  private static final int KILLS = 25;
  private static final int MAX_MILLIS = 1_200;

  @TempDir Path warehouse;

  @Test
  void nothingIsLostDoubledOrLeftOver() throws IOException, InterruptedException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      Path ready = warehouse.resolve("ready-" + kill);
      Process process = start(ready);
      while (!Files.exists(ready)) {
        assertThat(Files.readString(log().toPath()), process.isAlive(), is(true));
        Thread.sleep(1);
      }

      Thread.sleep(random.nextInt(MAX_MILLIS));
      process.destroyForcibly();
      assertThat(process.waitFor(1, TimeUnit.MINUTES), is(true));
    }

    try (Lake lake = TestLake.at(warehouse)) {
      Steps.finish(lake);
      long steps = Steps.done(lake);
      assertThat("seed " + seed, steps, greaterThan(0L));
      List<String> expected = LongStream.range(0, steps).mapToObj(id -> id + "=a").toList();
      for (String table : List.of("accounts", "orders")) {
        assertThat("seed " + seed, TestLake.rows(lake, table), equalTo(expected));
        assertThat("seed " + seed, lake.table(table).version(), is(steps));
      }

      TestLake.age(warehouse, TestLake.LONG);
      lake.compact(UpkeepSettings.DEFAULT);
      assertThat("seed " + seed, RunDirectory.all(lake.config()), empty());
      for (String table : List.of("accounts", "orders")) {
        assertThat("seed " + seed, TestLake.leftOver(lake, table), empty());
        assertThat("seed " + seed, TestLake.rows(lake, table), equalTo(expected));
      }
    }
  }

  private Process start(Path ready) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx256m",
            "-cp",
            System.getProperty("java.class.path"),
            Steps.class.getName(),
            warehouse.toString(),
            ready.toString())
        .redirectErrorStream(true)
        .redirectOutput(log())
        .start();
  }

  private File log() {
    return warehouse.resolve("steps.log").toFile();
  }

  /** Adds rows 0, 1, 2, ... until it is killed. */
  static final class Steps {

    private static final String STEP = "source:steps";
    private static final Remerge NONE = (store, ours, buckets) -> ours;

    private Steps() {}

    public static void main(String[] arguments) throws IOException {
      try (Lake lake = TestLake.at(Path.of(arguments[0]))) {
        // Loads classes; the file is one more orphan.
        TestLake.data(lake, RunId.next(), "orders", 0, "orphan", 0);
        Files.writeString(Path.of(arguments[1]), "");
        finish(lake);
        while (true) {
          step(lake, done(lake));
        }
      }
    }

    /** Commits what a killed process has left. */
    static void finish(Lake lake) throws IOException {
      for (UnfinishedRun unfinished : lake.unfinished()) {
        try (LakeRun run = lake.resume(unfinished.id())) {
          commit(run, run.report().tables());
        }
      }
    }

    static long done(Lake lake) throws IOException {
      return lake.tables().stream()
          .filter(table -> table.table().equals("orders"))
          .mapToLong(table -> table.places().getOrDefault(STEP, 0L))
          .findFirst()
          .orElse(0);
    }

    private static void step(Lake lake, long step) throws IOException {
      try (LakeRun run = lake.startRun(BUCKETS)) {
        run.setProgress(new Progress(Map.of(STEP, step + 1), ""));
        List<TableReport> reports = new ArrayList<>();
        for (String table : List.of("accounts", "orders")) {
          reports.add(TestLake.adding(lake, run, table, (int) (step % BUCKETS), "a", step));
        }

        TestLake.leaveReport(run, reports.get(0), reports.get(1));
        commit(run, reports);
      }
    }

    private static void commit(LakeRun run, List<TableReport> reports) throws IOException {
      for (TableReport report : CommitLoop.inOrder(reports)) {
        new CommitLoop(run, NONE).commit(report);
      }
    }
  }
}
