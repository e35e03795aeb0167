package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.adding;
import static org.anabranch.lake.TestLake.rows;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anabranch.lake.RunOutcome.Complete;
import org.anabranch.lake.RunOutcome.Effects;
import org.anabranch.lake.RunOutcome.Overtaken;
import org.anabranch.lake.RunOutcome.SchemasRefused;
import org.anabranch.lake.RunOutcome.TablesRefused;
import org.anabranch.lake.RunOutcome.TooManyDead;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last step of a pipeline commits a run and marks it; whoever owns the run finds the mark. */
class RunOutcomeTest {

  @TempDir private Path warehouse;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.at(warehouse);
  }

  @AfterEach
  void close() throws IOException {
    lake.close();
  }

  @Test
  void aMarkSaysAllOfAnOutcome() throws IOException {
    Effects effects =
        new Effects(
            List.of(new TableCommitted("orders", 5, 2, Map.of("read", 3L), Map.of("shop/0", 9L))),
            List.of(new TableCommitted("visits", 4, 1, Map.of("read", 1L), Map.of("shop/1", 2L))),
            Map.of("orders", Instant.ofEpochMilli(1234)),
            Map.of("orders", 2L),
            Duration.ofMillis(56));
    SchemaChange added = new SchemaChange("orders", "note", null, Type.STRING);
    SchemaChange widened = new SchemaChange("orders", "id", "int", Type.INT64);
    try (LakeRun run = lake.startRun(BUCKETS)) {
      for (RunOutcome outcome :
          List.of(
              new Complete(effects),
              new Overtaken(effects),
              new TablesRefused(effects, List.of("table 'orders' is refused", "so is 'visits'")),
              new SchemasRefused(effects, List.of(added, widened)),
              new TooManyDead(effects, 7, "1%"))) {
        CommitMark.write(run.files(), outcome);
        assertThat(run.outcome(), equalTo(outcome));
      }
    }
  }

  @Test
  void aStepCommitsOnceAndGivesTheSameCommitsEachTime() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.setProgress(new Progress(Map.of(), Map.of("read:job/shop/0", 7L), "up to 7"));
      RunReport report =
          RunReport.of(
              List.of(
                  adding(lake, run, "orders", 0, "a", 1, 2),
                  TableReport.progressing("orders", Map.of("log:shop/0", 6L))));
      assertThat(run.outcome(), nullValue());

      commit(run, report, "orders version 1");
      commit(run, report, "orders version 1");

      RunOutcome outcome = run.outcome();
      assertThat(outcome, instanceOf(Complete.class));
      assertThat(
          Objects.requireNonNull(outcome).effects().commits().get(0).offsets(),
          equalTo(Map.of("shop/0", 6L)));
      assertThat(run.finish(), equalTo(outcome));
    }

    assertThat(rows(lake, "orders"), contains("1=a", "2=a"));
    assertThat(lake.table("orders").version(), is(1L));
    assertThat(
        lake.table("orders").places(), equalTo(Map.of("log:shop/0", 6L, "read:job/shop/0", 7L)));
    assertThat(RunDirectory.all(lake.config()), empty());
  }

  @Test
  void whatIsRefusedIsAnOutcomeAndNoFailureOfTheStep() throws IOException {
    RunRules rules =
        new RunRules(new SchemaChanges(Policy.FAIL, Map.of()), DeadLetterLimit.NONE, false);
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(adding(lake, run, "orders", 0, "a", 1));
    }

    try (LakeRun run = lake.startRun(BUCKETS, rules)) {
      Schema wider =
          TestLake.COLUMNS.join(Schema.of(List.of(new Schema.Column("note", Type.STRING, 2))));
      RunReport report =
          RunReport.of(
              List.of(
                  new TableReport(
                      "orders",
                      TestLake.KEY,
                      wider,
                      adding(lake, run, "orders", 1, "b", 2).files(),
                      Map.of())));

      commit(run, report);

      RunOutcome outcome = Objects.requireNonNull(run.outcome());
      SchemaChangeException refused =
          assertThrows(SchemaChangeException.class, outcome::requireNoRefusal);
      assertThat(refused.getMessage(), containsString("orders.note would be added"));
    }

    assertThat(rows(lake, "orders"), contains("1=a"));
  }

  @Test
  void computedTablesThatAreOvertakenAreToBeComputedAgain() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(adding(lake, run, "orders", 2, "z", 0));
    }

    RunPipeline sales = new RunPipeline("sales", Map.of("sums", 1));
    try (LakeRun run = lake.startRun(BUCKETS, RunRules.NONE, sales);
        LakeRun other = lake.startRun(BUCKETS)) {
      RunReport report =
          RunReport.of(
              List.of(
                  adding(lake, run, "orders", 0, "a", 1), adding(lake, run, "sums", 0, "s", 1)));
      other.commit(adding(lake, other, "orders", 1, "b", 2));
      TestLake.leaveReport(run, report.tables().toArray(new TableReport[0]));

      assertThat(run.finish(), instanceOf(Overtaken.class));
    }

    assertThat(rows(lake, "orders"), containsInAnyOrder("0=z", "1=a", "2=b"));
    assertThat(lake.tables().stream().map(LakeTable::table).toList(), contains("orders"));
  }

  @Test
  void aStepCommitsARunWhoseOwnerIsGone() throws IOException {
    LakeRun first = lake.startRun(BUCKETS);
    RunReport report = RunReport.of(List.of(adding(lake, first, "orders", 0, "a", 1)));
    first.leave();
    first.close();

    commit(first, report, "orders version 1");

    assertThat(rows(lake, "orders"), contains("1=a"));
    assertThat(lake.unfinished(), empty());
    lake.compact(UpkeepSettings.DEFAULT);
    assertThat(RunDirectory.all(lake.config()), empty());
    assertThat(rows(lake, "orders"), contains("1=a"));
  }

  @Test
  void whoAdoptsARunOwnsItWhileItsStepCommits() throws IOException {
    LakeRun first = lake.startRun(BUCKETS);
    RunReport report = RunReport.of(List.of(adding(lake, first, "orders", 0, "a", 1)));
    assertThat(lake.adopt(first.id()), nullValue());
    first.leave();
    first.close();

    try (LakeRun adopted = Objects.requireNonNull(lake.adopt(first.id()))) {
      lake.compact(UpkeepSettings.DEFAULT);
      commit(adopted, report, "orders version 1");
      assertThat(adopted.outcome(), notNullValue());
    }

    assertThat(rows(lake, "orders"), contains("1=a"));
    assertThat(lake.adopt(first.id()), nullValue());
  }

  @Test
  void aRunWhoseDirectoryIsGoneEndsAtOnce() throws IOException {
    Instant start = Instant.now();
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.files().deleteAll("");
    }

    assertThat(Duration.between(start, Instant.now()).toSeconds(), lessThan(30L));
  }

  /** Runs the last step of a pipeline, which gives these commits. */
  private void commit(LakeRun run, RunReport report, String... expected) {
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--targetParallelism=1").create());
    PCollection<String> told =
        pipeline
            .apply(Create.of(report).withCoder(RunReportCoder.of()))
            .apply(CommitRuns.in(lake.config(), PerRun.always(run.staging())))
            .apply(
                MapElements.into(TypeDescriptors.strings())
                    .via(commit -> commit.table() + " version " + commit.version()));
    PAssert.that(told).containsInAnyOrder(expected);
    pipeline.run().waitUntilFinish();
  }
}
