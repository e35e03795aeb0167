package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.anabranch.testdata.ShopGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two runs write the same tables at the same time, with changes of the same rows: the tables are
 * those that DuckDB computes from all changes.
 */
class TwoWritersTest {

  private static final int WINDOW_MINUTES = 60;

  @TempDir private Path directory;

  @Test
  void twoWritersAtOnceEndInTheTablesOfBoth() throws Exception {
    write(1, 1);
  }

  @Test
  @Tag("proof")
  void twoWritersAtOnceTwentyTimesEndInTheTablesOfBoth() throws Exception {
    write(7, System.nanoTime());
  }

  /** Three pairs of writers a round. */
  private void write(int rounds, long firstSeed) throws Exception {
    for (long seed = firstSeed; seed < firstSeed + rounds; seed++) {
      Path round = directory.resolve("round-" + seed);
      Path data = round.resolve("data");
      ShopGenerator.generate(new ShopGenerator.Options(data, 200, 1, 7, 3, 0.02, 0.01, 500));
      ShuffledLines.write(data, round.resolve("cut"), seed);
      Path warehouse = round.resolve("warehouse");
      ExecutorService writers = Executors.newFixedThreadPool(2);
      try {
        for (int pair = 0; pair < 4; pair++) {
          List<Future<?>> both = new ArrayList<>();
          for (int file = 2 * pair; file < Math.min(7, 2 * pair + 2); file++) {
            Path input = round.resolve("cut").resolve("changes-" + file + ".jsonl");
            both.add(writers.submit(() -> run(input, warehouse)));
          }

          for (Future<?> writer : both) {
            writer.get();
          }
        }
      } finally {
        writers.shutdownNow();
      }

      try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
        assertThat("seed " + seed, oracle.differences(warehouse), is(Map.of()));
      }
    }
  }

  private static Void run(Path input, Path warehouse) throws Exception {
    TestRuns.customer360(
        DirectRuns.options(),
        Customer360Config.of(
            List.of(input.toString()), 0, Duration.ofMinutes(WINDOW_MINUTES), null),
        warehouse);
    return null;
  }
}
