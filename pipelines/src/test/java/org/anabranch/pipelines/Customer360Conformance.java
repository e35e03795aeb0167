package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * customer-360 on a runner: every row and column of every table equals what DuckDB computes from
 * the raw files by SQL alone, however the lines are ordered, split and repeated.
 */
public abstract class Customer360Conformance {

  private static final int WINDOW_MINUTES = 60;

  @TempDir private Path directory;

  /** Options of the runner under test. */
  protected abstract PipelineOptions options();

  /** Seeds of the shuffled inputs to try. */
  protected List<Long> seeds() {
    return List.of(1L);
  }

  @Test
  void theShippedDataGivesTheTablesOfTheOracle() throws IOException, SQLException {
    Path data = TestFiles.customer360();
    RunReport report = run(data, directory.resolve("warehouse"));
    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      assertThat(oracle.differences(directory.resolve("warehouse")), is(Map.of()));
      assertThat("dead letters", dead(report), is(oracle.count("dead_letters", "sum(lines)")));
    }

    report.tables().forEach(Customer360Conformance::theBooksAreEven);
  }

  @Test
  void theOrderSplitAndRepetitionOfLinesChangesNothing() throws IOException, SQLException {
    Path data = TestFiles.customer360();
    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      for (long seed : seeds()) {
        Path shuffled = directory.resolve("shuffled-" + seed);
        ShuffledLines.write(data, shuffled, seed);
        Path warehouse = directory.resolve("warehouse-" + seed);
        run(shuffled, warehouse);
        assertThat("seed " + seed, oracle.differences(warehouse), is(Map.of()));
      }
    }
  }

  private RunReport run(Path data, Path warehouse) throws IOException {
    return TestRuns.customer360(
        options(),
        Customer360Config.of(
            List.of(data.resolve("changes-*").toString()),
            0,
            Duration.ofMinutes(WINDOW_MINUTES),
            null),
        warehouse);
  }

  private static long dead(RunReport report) {
    return report.tables().stream().mapToLong(table -> table.count(TableReport.DEAD)).sum();
  }

  private static void theBooksAreEven(TableReport table) {
    assertThat(
        "read = merged + ignored + dead of " + table.table(),
        table.count(TableReport.READ),
        is(
            table.count(TableReport.MERGED)
                + table.count(TableReport.IGNORED)
                + table.count(TableReport.DEAD)));
  }
}
