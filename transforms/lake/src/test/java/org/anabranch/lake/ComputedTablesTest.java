package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.adding;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.anabranch.transforms.report.RunReport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Computed tables are behind where others have changed what they were computed from. */
class ComputedTablesTest {

  private static final RunPipeline SALES = new RunPipeline("sales", Map.of("totals", 1));

  @TempDir private Path warehouse;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake =
        TestLake.at(
            LakeConfig.at(warehouse).withDurability(Durability.PROCESS), operations -> operations);
  }

  @Test
  void aTableThatWasJustComputedIsNotBehind() throws IOException {
    compute(SALES, 1);

    assertThat(ComputedTables.isComputed(lake.table("totals")), is(true));
    assertThat(ComputedTables.isComputed(lake.table("orders")), is(false));
    assertThat(ComputedTables.behind(lake, lake.table("totals")), is(Map.of()));
    assertThat(ComputedTables.areBehind(lake, SALES), is(false));
  }

  @Test
  void eachChangeOfAnInputIsAVersionThatItIsBehind() throws IOException {
    compute(SALES, 1);
    change("a version", 2);
    change("another one", 3);

    assertThat(ComputedTables.behind(lake, lake.table("totals")), is(Map.of("orders", 2)));
    assertThat(ComputedTables.areBehind(lake, SALES), is(true));

    compute(SALES, 4);
    assertThat(ComputedTables.behind(lake, lake.table("totals")), is(Map.of()));
  }

  @Test
  void upkeepOfAnInputChangesNothing() throws IOException {
    compute(SALES, 1);
    change("", 2);

    assertThat(ComputedTables.areBehind(lake, SALES), is(false));
  }

  @Test
  void anInputThatWasMadeAnewIsNewAsAWhole() throws IOException {
    compute(SALES, 1);
    change("a version", 2);
    compute(SALES, 3);
    ManageTables.of(lake).drop("orders");
    change("made anew", 4);

    assertThat(ComputedTables.behind(lake, lake.table("totals")), is(Map.of("orders", 1)));

    compute(SALES, 5);
    assertThat(ComputedTables.areBehind(lake, SALES), is(false));
  }

  @Test
  void anotherVersionOfTheComputationHasToComputeAgain() throws IOException {
    compute(SALES, 1);

    assertThat(
        ComputedTables.areBehind(lake, new RunPipeline("sales", Map.of("totals", 2))), is(true));
  }

  @Test
  void theManifestNamesTheMergedTablesBeforeTheFirstCommit() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS, RunRules.NONE, SALES)) {
      RunReport report = report(run, 1);
      new RunCommit(
              run,
              report,
              SALES.computed().keySet(),
              table -> assertThat(manifest(run).merged(), contains("orders")))
          .commitAll();
    }
  }

  private static RunPipeline manifest(LakeRun run) {
    try {
      RunPipeline pipeline = RunBase.read(run.files()).pipeline();
      return pipeline == null ? RunPipeline.NONE : pipeline;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void computedTablesThatAreLeftStayAsTheyAre() throws IOException {
    compute(SALES, 1);
    try (LakeRun run = lake.startRun(BUCKETS, RunRules.NONE, SALES)) {
      run.setProgress(new Progress(Map.of(), "a run that is finished by others"));
      RunReport report = report(run, 2);
      new RunCommit(run, report, SALES.computed().keySet(), table -> {})
          .leavingComputed()
          .commitAll();
    }

    assertThat(TestLake.rows(lake, "orders"), contains("1=a", "2=a"));
    assertThat(TestLake.rows(lake, "totals"), contains("1=a"));
    assertThat(ComputedTables.behind(lake, lake.table("totals")), is(Map.of("orders", 1)));
  }

  private void compute(RunPipeline pipeline, long id) throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS, RunRules.NONE, pipeline)) {
      run.setProgress(new Progress(Map.of(), "row " + id));
      new RunCommit(run, report(run, id), pipeline.computed().keySet(), table -> {}).commitAll();
    }
  }

  private RunReport report(LakeRun run, long id) throws IOException {
    return RunReport.of(
        List.of(adding(lake, run, "orders", 0, "a", id), adding(lake, run, "totals", 0, "a", id)));
  }

  private void change(String text, long id) throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.setProgress(new Progress(Map.of(), text));
      run.commit(adding(lake, run, "orders", 0, "b", id));
    }
  }
}
