package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.anabranch.testdata.ShopGenerator;
import org.anabranch.transforms.merge.RewriteRule;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class Customer360Test extends Customer360Conformance {

  private static final List<Long> SEEDS = List.of(1L, 2L);

  @Override
  protected PipelineOptions options() {
    return DirectRuns.options();
  }

  @Test
  @Tag("long")
  void theOrderSplitAndRepetitionOfLinesChangesNothing() throws IOException, SQLException {
    Path data = TestFiles.customer360();
    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      for (long seed : SEEDS) {
        Path shuffled = directory.resolve("shuffled-" + seed);
        ShuffledLines.write(data, shuffled, seed);
        Path warehouse = directory.resolve("warehouse-" + seed);
        run(shuffled, warehouse);
        assertThat("seed " + seed, oracle.differences(warehouse), is(Map.of()));
      }
    }
  }

  /** In the gate on this runner. */
  @Override
  @Test
  void inputCutIntoRunsThatOverlapAndComeInAnyOrderChangesNothing()
      throws IOException, SQLException {
    super.inputCutIntoRunsThatOverlapAndComeInAnyOrderChangesNothing();
  }

  /** Buckets are patched, so that Spark has deletes to apply. */
  @Test
  void stockSparkReadsWhatTheOracleComputesAfterEveryRun() throws IOException, SQLException {
    Path data = directory.resolve("generated");
    ShopGenerator.generate(new ShopGenerator.Options(data, 200, 1, 7, 3, 0.02, 0.01, 500));
    Path shuffled = directory.resolve("cut");
    ShuffledLines.write(data, shuffled, 1);
    Path soFar = Files.createDirectories(directory.resolve("so-far"));
    Path warehouse = directory.resolve("warehouse");
    try (StockSpark spark = StockSpark.start(warehouse, directory)) {
      for (int file = 0; file < 3; file++) {
        Path part = shuffled.resolve("changes-" + file + ".jsonl");
        Files.copy(part, soFar.resolve(part.getFileName()));
        run(List.of(part.toString()), warehouse, new RewriteRule(0, 1, 1000));
        try (OracleTables oracle = OracleTables.compute(soFar, WINDOW_MINUTES)) {
          assertThat("run " + file, oracle.differences(spark::files), is(Map.of()));
        }
      }
    }
  }
}
