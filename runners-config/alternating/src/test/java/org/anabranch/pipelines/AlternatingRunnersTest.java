package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.testdata.ShopGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * customer-360 in many runs, each on another runner than the one before and in a process of its
 * own. Its data is cut into inputs that overlap, some come twice, older ones after newer ones; runs
 * are killed (SIGKILL) at random moments, and what a killed run has read comes again at any later
 * time. In the end the tables are those of one run, and of the oracle, and {@code compact} leaves
 * no file that no table needs.
 */
class AlternatingRunnersTest {

  private static final int WINDOW_MINUTES = 60;
  private static final int CUSTOMERS = 200;

  /** Any change may come last, and the data spans ninety days: deletes are kept for longer. */
  private static final String RETENTION = "--tombstone-retention=100d";

  @TempDir private Path directory;

  @Test
  void runsOnRunnersInTurnOfWhichTwoAreKilledEndInTheTablesOfTheOracle() throws Exception {
    Path data = directory.resolve("data");
    ShopGenerator.generate(new ShopGenerator.Options(data, CUSTOMERS, 1, 7, 3, 0.02, 0.01, 500));
    runAll(data, 2, 2, 1L);
  }

  @Test
  @Tag("proof")
  void runsOnRunnersInTurnThatAreKilledFiftyTimesEndInTheTablesOfOneRun() throws Exception {
    long seed = System.nanoTime();
    runAll(TestFiles.customer360(), 10, 50, seed);
    Path whole = directory.resolve("whole");
    RunnersInTurn runners = new RunnersInTurn(directory);
    runners.succeed(call("direct", directory.resolve("cut").resolve("run-*.jsonl"), whole));
    assertThat("seed " + seed, SameTables.differences(warehouse(), whole), is(Map.of()));
  }

  private Path warehouse() {
    return directory.resolve("warehouse");
  }

  private static List<String> call(String runner, Path input, Path warehouse) {
    return List.of(
        "run",
        "customer-360",
        "--buckets=2",
        "--runner=" + runner,
        "--input=" + input,
        "--warehouse=" + warehouse,
        RETENTION);
  }

  private void runAll(Path data, int pieces, int kills, long seed) throws Exception {
    Path cut = Files.createDirectory(directory.resolve("cut"));
    List<Path> left = CutLines.shuffled(ShuffledLines.read(data), cut, pieces, seed);
    Kills outcome = new Kills(new RunnersInTurn(directory), warehouse(), new Random(seed));
    String moment = "seed " + seed;
    try {
      run(new ArrayList<>(left), kills, outcome);
    } finally {
      System.out.println(moment + ": " + outcome);
    }

    nothingIsUnfinished(moment);
    compareWithOracle(data, moment);
    OrphanFiles.plant(warehouse());
    OrphanFiles.age(warehouse());
    List<Path> orphans = OrphanFiles.of(warehouse());
    System.out.println(moment + ": " + orphans.size() + " files and runs left before compact");
    assertThat(moment, orphans, is(not(empty())));
    new RunnersInTurn(directory)
        .succeed(List.of("compact", "--warehouse=" + warehouse(), RETENTION));
    assertThat(moment, OrphanFiles.of(warehouse()), is(empty()));
    compareWithOracle(data, moment + ", compacted");
    if (kills > 2) {
      assertThat(moment, outcome.during(Kills.Moment.WORKING), is(greaterThan(0)));
      assertThat(moment, outcome.during(Kills.Moment.COMMITTING), is(greaterThan(0)));
      assertThat(moment, outcome.finishedByOthers(), is(greaterThan(0)));
    }
  }

  /** The kills are spread over the runs; inputs of killed runs come again, now or later. */
  private void run(List<Path> left, int kills, Kills outcome) throws Exception {
    List<Path> all = List.copyOf(left);
    int done = 0;
    while (!left.isEmpty() || outcome.count() < kills) {
      Path input = left.isEmpty() ? outcome.oneOf(all) : left.remove(0);
      boolean mayBeKilled = done > 0 && outcome.count() < Math.min(kills, quota(done, kills, all));
      boolean isKilled = mayBeKilled && outcome.killed(runner -> call(runner, input, warehouse()));
      if (isKilled) {
        outcome.putBack(input, left);
        continue;
      }

      if (!mayBeKilled) {
        outcome.completed(runner -> call(runner, input, warehouse()));
      }

      nothingIsUnfinished("run " + done);
      done++;
    }
  }

  private static int quota(int done, int kills, List<Path> all) {
    return (kills * done + all.size() - 2) / (all.size() - 1);
  }

  /** Whoever runs finishes first what others have left. */
  private void nothingIsUnfinished(String moment) throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(warehouse()))) {
      assertThat(moment, lake.unfinished(), is(empty()));
    }
  }

  private void compareWithOracle(Path data, String moment) throws IOException, SQLException {
    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      assertThat(moment, oracle.differences(warehouse()), is(Map.of()));
    }
  }
}
