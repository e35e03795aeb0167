package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.RunCommit;
import org.anabranch.testdata.ShopGenerator;
import org.anabranch.transforms.merge.RewriteRule;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.Pipeline;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A history is committed before its table. Who comes between the two, and finds the history of a
 * table that is not there yet, ends in the rows of one run all the same.
 */
class HistoryAheadTest {

  private static final String TABLE = "customers";
  private static final String HISTORY = "customers_history";
  private static final int BUCKETS = 4;

  @TempDir private Path directory;

  @BeforeEach
  void makeChanges() throws IOException {
    Path data = directory.resolve("data");
    ShopGenerator.generate(new ShopGenerator.Options(data, 100, 1, 7, 3, 0.02, 0.0, 500));
    ShuffledLines.write(data, directory.resolve("cut"), 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {BUCKETS, 2 * BUCKETS})
  void whoWroteBeforeTheHistoryWasThere(int bucketsOfOther) throws Exception {
    Path warehouse = directory.resolve("warehouse");
    try (Lake lake = Lake.at(LakeConfig.at(warehouse));
        LakeRun first = lake.startRun(BUCKETS);
        LakeRun other = lake.startRun(bucketsOfOther)) {
      RunReport ofFirst = run(first, changes(0), BUCKETS);
      RunReport ofOther = run(other, changes(1), bucketsOfOther);
      first.commit(ofFirst.table(HISTORY));
      commitAll(other, ofOther);
      commitAll(first, ofFirst);
    }

    assertThat(SameTables.differences(warehouse, ofOneRun()), is(Map.of()));
  }

  @ParameterizedTest
  @ValueSource(ints = {BUCKETS, 2 * BUCKETS})
  void whoBeginsWhenOnlyTheHistoryIsThere(int bucketsOfOther) throws Exception {
    Path warehouse = directory.resolve("warehouse");
    try (Lake lake = Lake.at(LakeConfig.at(warehouse));
        LakeRun first = lake.startRun(BUCKETS)) {
      RunReport ofFirst = run(first, changes(0), BUCKETS);
      first.commit(ofFirst.table(HISTORY));
      try (LakeRun other = lake.startRun(bucketsOfOther)) {
        commitAll(other, run(other, changes(1), bucketsOfOther));
      }

      commitAll(first, ofFirst);
    }

    assertThat(SameTables.differences(warehouse, ofOneRun()), is(Map.of()));
  }

  private Path ofOneRun() throws IOException {
    Path whole = directory.resolve("whole");
    try (Lake lake = Lake.at(LakeConfig.at(whole));
        LakeRun run = lake.startRun(BUCKETS)) {
      commitAll(run, run(run, List.of(changes(0).get(0), changes(1).get(0)), BUCKETS));
    }

    return whole;
  }

  private List<String> changes(int file) {
    return List.of(directory.resolve("cut").resolve("changes-" + file + ".jsonl").toString());
  }

  /** Runs the pipeline; nothing is committed. */
  private static RunReport run(LakeRun run, List<String> inputs, int buckets) throws IOException {
    TablesConfig config =
        new TablesConfig(
            inputs,
            Map.of(),
            ParseConfig.Others.READ,
            ParseConfig.Tombstones.IGNORE,
            ParseConfig.UNAVAILABLE,
            Map.of(),
            Set.of(TABLE),
            buckets);
    Pipeline pipeline = Pipeline.create(DirectRuns.options());
    Target target = new Target(run.store(), buckets, run.staging().toString(), RewriteRule.BY_COST);
    Replicate.expand(pipeline, config, target);
    pipeline.run().waitUntilFinish();
    return RunReport.read(run.staging());
  }

  private static void commitAll(LakeRun run, RunReport report) throws IOException {
    new RunCommit(run, report, Set.of(), table -> {}).commitAll();
  }
}
