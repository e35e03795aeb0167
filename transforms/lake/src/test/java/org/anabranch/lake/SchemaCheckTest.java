package org.anabranch.lake;

import static org.anabranch.lake.LakeFixture.schema;
import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.KEY;
import static org.anabranch.lake.TestLake.adding;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.lake.CommitResult.Committed;
import org.anabranch.lake.CommitResult.Conflict;
import org.anabranch.lake.Lake.UnfinishedRun;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables that a run must leave as they are. */
class SchemaCheckTest {

  private static final RunRules FAIL = rules(new SchemaChanges(Policy.FAIL, Map.of()));
  private static final RunRules IGNORE = rules(new SchemaChanges(Policy.IGNORE, Map.of()));
  private static final RunRules FAIL_ORDERS =
      rules(new SchemaChanges(Policy.EVOLVE, Map.of("orders", Policy.FAIL)));

  @TempDir Path warehouse;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.at(warehouse);
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(adding(lake, run, "orders", 0, "a", 1));
    }
  }

  private static RunRules rules(SchemaChanges changes) {
    return new RunRules(changes, DeadLetterLimit.NONE, false);
  }

  private static TableReport report(String table, Schema schema) {
    return new TableReport(table, KEY, schema, List.of(), Map.of());
  }

  private static List<String> refused(LakeRun run, TableReport... reports) {
    RunReport report = RunReport.of(List.of(reports));
    return assertThrows(
            SchemaChangeException.class,
            () -> new RunCommit(run, report, Set.of(), table -> {}).commitAll())
        .changes()
        .stream()
        .map(SchemaChange::toString)
        .toList();
  }

  @Test
  void allChangesOfAllTablesAreToldBeforeAnyIsCommitted() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(report("notes", schema("id", "bigint", "text", "string", "empty", "null")));
    }

    try (LakeRun run = lake.startRun(BUCKETS, FAIL)) {
      assertThat(
          refused(
              run,
              report("added", schema("id", "bigint")),
              report("notes", schema("id", "double", "empty", "date")),
              report("orders", schema("more", "null", "name", "bytes"))),
          contains(
              "notes.id is stored as bigint and would become double",
              "notes.empty is stored as string, all null and would become date",
              "orders.more would be added as null"));
    }

    assertThat(lake.tables().stream().map(LakeTable::table).toList(), contains("notes", "orders"));
    assertThat(lake.table("notes").version(), is(1L));
  }

  @Test
  void columnsThatAreOursMayBeAdded() throws IOException {
    Schema ours = MergeBuckets.historySchema(Schema.of(List.of(new Column("id", Type.INT64, 0))));
    try (LakeRun run = lake.startRun(BUCKETS, FAIL)) {
      assertThat(run.commit(report("orders", ours)), equalTo(new Committed(2)));
    }
  }

  @Test
  void theCommitLooksAtTheSchemaThatIsThereByThen() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS, FAIL_ORDERS);
        LakeRun made = lake.startRun(BUCKETS, FAIL)) {
      TableReport narrower = report("orders", schema("id", "int"));
      TableReport wider = report("orders", schema("id", "double"));
      TableReport other = report("other", schema("id", "date"));
      commitOther();

      assertThat(run.commit(narrower), instanceOf(Conflict.class));
      run.refresh("orders");
      assertThrows(SchemaChangeException.class, () -> run.commit(wider));
      assertThat(made.commit(other), instanceOf(Conflict.class));
      made.refresh("other");
      assertThrows(SchemaChangeException.class, () -> made.commit(other));
    }

    assertThat(lake.table("orders").schema(), equalTo(TestLake.COLUMNS));
  }

  @Test
  void aTableThatOthersMadeMeanwhileKeepsItsSchemaToo() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS, IGNORE)) {
      commitOther();

      assertThat(
          refused(run, report("other", schema("id", "bigint", "more", "int"))),
          contains("other.more would be added as int"));
    }

    assertThat(lake.table("other").schema(), equalTo(TestLake.COLUMNS));
  }

  /** Another run changes one table and makes one that nobody had seen. */
  private void commitOther() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(adding(lake, run, "orders", 1, "b", 2));
      run.commit(adding(lake, run, "other", 1, "b", 2));
    }
  }

  @Test
  void aHistoryIsRefusedWithItsTable() throws IOException {
    Schema history = MergeBuckets.historySchema(TestLake.COLUMNS);
    Schema wider = history.join(schema("more", "int"));
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(report("orders_history", history));
    }

    try (LakeRun run = lake.startRun(BUCKETS, FAIL_ORDERS)) {
      assertThrows(SchemaChangeException.class, () -> run.commit(report("orders_history", wider)));
    }
  }

  @Test
  void whoFinishesARunRefusesWhatTheRunWouldHaveRefused() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS, FAIL_ORDERS)) {
      run.setProgress(Progress.NONE);
      TableReport wider =
          new TableReport(
              "orders",
              KEY,
              schema("more", "int"),
              adding(lake, run, "orders", 0, "c", 3).files(),
              Map.of());
      TestLake.leaveReport(run, wider);
      run.leave();
    }

    List<UnfinishedRun> unfinished = lake.unfinished();
    assertThat(unfinished.get(0).missing(), contains("orders"));
    try (LakeRun run = lake.resume(unfinished.get(0).id())) {
      RunReport report = run.report();
      assertThat(
          refused(run, report.tables().toArray(TableReport[]::new)),
          contains("orders.more would be added as int"));
    }

    assertThat(lake.table("orders").version(), is(1L));
  }

  @Test
  void namedTablesAndThoseOfOursAreSpared() {
    SchemaChanges changes =
        new SchemaChanges(Policy.FAIL, Map.of("computed", Policy.IGNORE))
            .sparing(Set.of("computed", "dead_letters"));

    assertThat(changes.of("computed"), is(Policy.IGNORE));
    assertThat(changes.of("dead_letters"), is(Policy.EVOLVE));
    assertThat(changes.of("orders"), is(Policy.FAIL));
  }
}
