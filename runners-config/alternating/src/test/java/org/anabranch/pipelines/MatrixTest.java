package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.anabranch.testdata.ShopGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command that puts the promise to the test, on all runners and modes, held to the oracle. */
@Tag("long")
class MatrixTest {

  private static final int WINDOW_MINUTES = 60;

  @TempDir private Path directory;

  @Test
  void everyRunnerGivesTheTablesOfTheOracle() throws Exception {
    compare(100, "micro-batch", 1000);
  }

  @Test
  @Tag("proof")
  void everyRunnerGivesTheTablesOfTheOracleInEveryMode() throws Exception {
    compare(3000, "batch,micro-batch,stream", 20_000);
  }

  private void compare(int customers, String modes, int maxRows) throws Exception {
    Path data = directory.resolve("data");
    ShopGenerator.generate(new ShopGenerator.Options(data, customers, 1, 7, 3, 0.02, 0.01, 500));
    Path results = directory.resolve("matrix");
    RunnersInTurn script = new RunnersInTurn(directory);
    script.succeed(
        List.of(
            "matrix",
            "customer-360",
            "--buckets=2",
            "--input=" + data.resolve("changes-*"),
            "--modes=" + modes,
            "--max-rows=" + maxRows,
            "--dir=" + results));

    assertThat(script.log(), containsString("all tables are equal, row by row"));
    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      assertThat(oracle.differences(results.resolve("direct-micro-batch")), is(Map.of()));
    }
  }
}
