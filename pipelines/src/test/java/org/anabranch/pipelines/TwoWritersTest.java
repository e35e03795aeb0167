package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeTable;
import org.anabranch.launcher.LauncherCalls;
import org.anabranch.testdata.ShopGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two runs write the same tables at the same time, with changes of the same rows: the tables are
 * those that DuckDB computes from all changes. Whoever found a table changed by the other says so.
 */
class TwoWritersTest {

  private static final int WINDOW_MINUTES = 60;

  /**
   * Longer than what the data spans: lines come in any order, and a run may look after the tables.
   */
  private static final String RETENTION = "--tombstone-retention=100d";

  private static final Pattern NOTE =
      Pattern.compile("note: (\\w+): merged again, for others wrote to it \\((\\d+)\\)");

  /** Files of the pairs of a round. */
  private static final List<List<String>> PAIRS =
      List.of(List.of("[01]", "[23]"), List.of("4", "[56]"));

  @TempDir private Path directory;
  private long noted;
  private long counted;

  @Test
  void twoWritersAtOnceEndInTheTablesOfBoth() throws Exception {
    write(1, 1);
  }

  @Test
  @Tag("proof")
  void twoWritersAtOnceTwentyTimesEndInTheTablesOfBoth() throws Exception {
    write(20, System.nanoTime());
    assertThat("conflicts", counted, is(greaterThan(0L)));
  }

  /** Pairs of writers, one after the other. */
  private void write(int rounds, long firstSeed) throws Exception {
    for (long seed = firstSeed; seed < firstSeed + rounds; seed++) {
      Path round = directory.resolve("round-" + seed);
      Path data = round.resolve("data");
      ShopGenerator.generate(new ShopGenerator.Options(data, 200, 1, 7, 3, 0.02, 0.01, 500));
      ShuffledLines.write(data, round.resolve("cut"), seed);
      Path warehouse = round.resolve("warehouse");
      ExecutorService writers = Executors.newFixedThreadPool(2);
      try {
        for (List<String> pair : PAIRS) {
          List<Future<String>> both = new ArrayList<>();
          for (String files : pair) {
            Path input = round.resolve("cut").resolve("changes-" + files + ".jsonl");
            both.add(writers.submit(() -> run(input, warehouse)));
          }

          for (Future<String> writer : both) {
            noted += conflicts(writer.get());
          }
        }
      } finally {
        writers.shutdownNow();
      }

      counted += conflicts(warehouse);
      assertThat("told in summaries", noted, is(greaterThanOrEqualTo(counted)));
      try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
        assertThat("seed " + seed, oracle.differences(warehouse), is(Map.of()));
      }
    }

    System.out.printf(
        "%d rounds of two writers: %d conflicts in summaries, %d in tables%n",
        rounds, noted, counted);
  }

  private static String run(Path input, Path warehouse) {
    return LauncherCalls.succeed(
        TestFiles.customer360().getParent().getParent(),
        List.of(
            "run",
            "customer-360",
            "--buckets=2",
            "--input=" + input,
            "--warehouse=" + warehouse,
            RETENTION));
  }

  private static long conflicts(String summary) {
    long conflicts = 0;
    for (Matcher note = NOTE.matcher(summary); note.find(); ) {
      conflicts += isHistory(note.group(1)) ? 0 : Long.parseLong(note.group(2));
    }

    return conflicts;
  }

  private static long conflicts(Path warehouse) throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      return lake.tables().stream()
          .filter(table -> !isHistory(table.table()))
          .mapToLong(LakeTable::conflicts)
          .sum();
    }
  }

  /** A history is tried again with its table, whose conflicts it has. */
  private static boolean isHistory(String table) {
    return table.endsWith("_history");
  }
}
