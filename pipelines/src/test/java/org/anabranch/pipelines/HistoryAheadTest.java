package org.anabranch.pipelines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.RunCommit;
import org.anabranch.testdata.ShopGenerator;
import org.anabranch.transforms.customer.WindowRule;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.Pipeline;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A history is committed before its table. Who comes between the two, and finds the history of a
 * table that is not there yet, ends in the rows of one run all the same.
 */
class HistoryAheadTest {

  private static final String TABLE = "customers";
  private static final String HISTORY = "customers_history";
  private static final int BUCKETS = 2;
  private static final int FILES = 7;
  private static final int FEW_CUSTOMERS = 100;

  /** Enough for some whose key changes while values are not sent. */
  private static final int MANY_CUSTOMERS = 1500;

  @TempDir private Path directory;

  private void makeChanges(int customers) throws IOException {
    Path data = directory.resolve("data");
    ShopGenerator.generate(new ShopGenerator.Options(data, customers, 1, 7, 3, 0.02, 0.0, 500));
    ShuffledLines.write(data, directory.resolve("cut"), 1);
  }

  @Test
  void whoWroteBeforeTheHistoryWasThere() throws Exception {
    whoWroteBeforeTheHistoryWasThere(BUCKETS);
  }

  @Test
  @Tag("long")
  void whoWroteBeforeTheHistoryWasThereWithMoreBuckets() throws Exception {
    whoWroteBeforeTheHistoryWasThere(2 * BUCKETS);
  }

  private void whoWroteBeforeTheHistoryWasThere(int bucketsOfOther) throws Exception {
    makeChanges(FEW_CUSTOMERS);
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

    isSame(warehouse, 2);
  }

  @Test
  void whoBeginsWhenOnlyTheHistoryIsThere() throws Exception {
    whoBeginsWhenOnlyTheHistoryIsThere(BUCKETS);
  }

  @Test
  @Tag("long")
  void whoBeginsWhenOnlyTheHistoryIsThereWithMoreBuckets() throws Exception {
    whoBeginsWhenOnlyTheHistoryIsThere(2 * BUCKETS);
  }

  private void whoBeginsWhenOnlyTheHistoryIsThere(int bucketsOfOther) throws Exception {
    makeChanges(FEW_CUSTOMERS);
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

    isSame(warehouse, 2);
  }

  /** Its moved rows are written as a whole, though its own changes are no news. */
  @Test
  @Tag("long")
  void whoRunsAgainBetweenTheCommitsAndEndsLast() throws Exception {
    makeChanges(MANY_CUSTOMERS);
    between(changes(1));
  }

  /**
   * In the end its changes are no news, but the histories it wrote of their keys are to be mended.
   */
  @Test
  void whoReadsSomeOfTheSameChangesBetweenTheCommitsAndEndsLast() throws Exception {
    makeChanges(FEW_CUSTOMERS);
    List<String> lines = Files.readAllLines(Path.of(changes(0).get(0)), ISO_8859_1);
    List<String> half = new ArrayList<>();
    for (int i = 0; i < lines.size(); i += 2) {
      half.add(lines.get(i));
    }

    Path some = Files.write(directory.resolve("some.jsonl"), half, ISO_8859_1);
    between(List.of(some.toString()));
  }

  /**
   * Runs files 1 and 2, then all others; between the commits of its history and its table another
   * run begins and commits its history; the table it commits last.
   */
  private void between(List<String> ofOther) throws Exception {
    Path warehouse = directory.resolve("warehouse");
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      for (List<String> inputs : List.of(changes(1), changes(2))) {
        try (LakeRun run = lake.startRun(BUCKETS)) {
          commitAll(run, run(run, inputs, BUCKETS));
        }
      }

      try (LakeRun first = lake.startRun(BUCKETS)) {
        List<String> inputs = new ArrayList<>(changes(0));
        for (int file = 3; file < FILES; file++) {
          inputs.addAll(changes(file));
        }

        RunReport ofFirst = run(first, inputs, BUCKETS);
        first.commit(ofFirst.table(HISTORY));
        try (LakeRun other = lake.startRun(BUCKETS)) {
          RunReport report = run(other, ofOther, BUCKETS);
          other.commit(report.table(HISTORY));
          commitAll(first, ofFirst);
          commitAll(other, report);
        }
      }
    }

    isSame(warehouse, FILES);
  }

  private void isSame(Path warehouse, int files) throws Exception {
    assertThat(
        SameTables.differences(warehouse, ofOneRun(files), List.of(TABLE, HISTORY)), is(Map.of()));
  }

  private Path ofOneRun(int files) throws IOException {
    Path whole = directory.resolve("whole");
    try (Lake lake = Lake.at(LakeConfig.at(whole));
        LakeRun run = lake.startRun(BUCKETS)) {
      List<String> inputs = new ArrayList<>();
      for (int file = 0; file < files; file++) {
        inputs.addAll(changes(file));
      }

      commitAll(run, run(run, inputs, BUCKETS));
    }

    return whole;
  }

  private List<String> changes(int file) {
    return List.of(directory.resolve("cut").resolve("changes-" + file + ".jsonl").toString());
  }

  /** Runs the pipeline; nothing is committed. */
  private static RunReport run(LakeRun run, List<String> inputs, int buckets) throws IOException {
    Pipeline pipeline = Pipeline.create(DirectRuns.options());
    Customer360.expand(
        pipeline,
        Customer360Config.of(inputs, buckets, WindowRule.of(Duration.ofHours(1)), null),
        Target.of(run.scope(), SchemaChanges.EVOLVE));
    pipeline.run().waitUntilFinish();
    return run.report();
  }

  private static void commitAll(LakeRun run, RunReport report) throws IOException {
    new RunCommit(run, report, Customer360.COMPUTED, table -> {}).commitAll();
  }
}
