package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.added;
import static org.anabranch.lake.TestLake.adding;
import static org.anabranch.lake.TestLake.data;
import static org.anabranch.lake.TestLake.deletes;
import static org.anabranch.lake.TestLake.files;
import static org.anabranch.lake.TestLake.replacing;
import static org.anabranch.lake.TestLake.report;
import static org.anabranch.lake.TestLake.rows;
import static org.anabranch.lake.TestLake.written;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.anabranch.lake.CommitResult.Committed;
import org.anabranch.lake.CommitResult.Conflict;
import org.anabranch.lake.CommitResult.Nothing;
import org.anabranch.lake.Lake.UnfinishedRun;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.expressions.Expressions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeRunTest {

  private static final Remerge NONE =
      (store, ours, buckets) -> {
        throw new AssertionError("no conflict was expected in " + buckets);
      };

  @TempDir Path warehouse;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.at(warehouse);
  }

  @Test
  void tablesAreCommittedInOrderAndRead() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.setProgress(new Progress(Map.of("log:shop/0", 7L), "up to 7"));
      TableReport orders =
          report(
              "orders",
              added("orders", 0, data(lake, run, "orders", 0, "a", 1, 4)),
              added("orders", 2, data(lake, run, "orders", 2, "b", 2, 3)));
      TableReport dead = adding(lake, run, "dead_letters", 1, "x", 9);
      TableReport accounts = adding(lake, run, "accounts", 1, "y", 5);
      List<TableReport> ordered = CommitLoop.inOrder(List.of(orders, accounts, dead));
      assertThat(
          ordered.stream().map(TableReport::table).toList(),
          contains("dead_letters", "accounts", "orders"));
      for (TableReport table : ordered) {
        assertThat(new CommitLoop(run, NONE).commit(table), equalTo(new Committed(1)));
      }
    }

    assertThat(
        lake.tables().stream().map(LakeTable::table).toList(),
        contains("accounts", "dead_letters", "orders"));
    LakeTable orders = lake.table("orders");
    assertThat(rows(orders), contains("1=a", "2=b", "3=b", "4=a"));
    assertThat(orders.rows(), is(4L));
    assertThat(orders.dataFiles(), hasSize(2));
    assertThat(orders.progress(), is("up to 7"));
    assertThat(orders.places(), equalTo(Map.of("log:shop/0", 7L)));
    assertThat(orders.key(), contains("id"));
    assertThat(orders.schema(), equalTo(TestLake.COLUMNS));
  }

  @Test
  void aRunIsAppliedOnce() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      TableReport orders = adding(lake, run, "orders", 0, "a", 1);
      assertThat(run.commit(orders), equalTo(new Committed(1)));
      assertThat(run.commit(orders), equalTo(new Committed(1)));
    }

    assertThat(rows(lake, "orders"), contains("1=a"));
  }

  @Test
  void aRunIsAppliedOnceEvenAfterItsSnapshotHasExpired() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      TableReport orders = adding(lake, run, "orders", 0, "a", 1);
      run.commit(orders);
      for (int i = 0; i < 3; i++) {
        commit("orders", 1, "b", 10 + i);
      }

      lake.compact(new UpkeepSettings(1, Duration.ZERO));
      assertThrows(IllegalArgumentException.class, () -> lake.table("orders", 1));
      assertThat(run.commit(orders), equalTo(new Committed(0)));
    }

    assertThat(rows(lake, "orders"), contains("1=a", "10=b", "11=b", "12=b"));
  }

  private void commit(String table, int bucket, String name, long... ids) throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      new CommitLoop(run, NONE).commit(adding(lake, run, table, bucket, name, ids));
    }
  }

  @Test
  void withoutChangesNothingIsCommitted() throws IOException {
    commit("orders", 0, "a", 1);
    try (LakeRun run = lake.startRun(BUCKETS)) {
      assertThat(run.commit(report("orders")), equalTo(new Nothing()));
      run.setProgress(new Progress(Map.of("log:a/0", 1L), "one"));
      assertThat(run.commit(report("orders")), equalTo(new Committed(2)));
    }

    assertThat(lake.table("orders").places(), equalTo(Map.of("log:a/0", 1L)));
    assertThat(rows(lake, "orders"), contains("1=a"));
  }

  @Test
  void aTableWithoutRowsIsMade() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      assertThat(run.commit(report("orders")), equalTo(new Committed(1)));
    }

    assertThat(rows(lake, "orders"), empty());
    assertThat(lake.table("orders").rows(), is(0L));
  }

  @Test
  void deletesAreAppliedAndARewrittenBucketLosesItsFiles() throws IOException {
    commit("orders", 0, "a", 1, 2, 3);
    commit("orders", 1, "a", 4);
    String file = lake.table("orders").dataFiles().get(0);
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(
          report(
              "orders",
              written(
                  "orders",
                  0,
                  List.of(data(lake, run, "orders", 0, "b", 2)),
                  List.of(deletes(lake, run, "orders", 0, file, 1)),
                  false)));
    }

    assertThat(rows(lake, "orders"), contains("1=a", "2=b", "3=a", "4=a"));
    assertThat(lake.table("orders").deleteFileCount(), is(1L));
    assertThat(lake.table("orders").rows(), is(4L));
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(report("orders", replacing("orders", 0, data(lake, run, "orders", 0, "c", 1, 2))));
    }

    assertThat(rows(lake, "orders"), contains("1=c", "2=c", "4=a"));
    assertThat(lake.table("orders").deleteFileCount(), is(0L));
    assertThat(lake.table("orders").dataFileCount(), is(2L));
  }

  @Test
  void olderVersionsCanBeRead() throws IOException, InterruptedException {
    commit("orders", 0, "a", 1);
    Instant between = lake.table("orders").committedAt().plusMillis(1);
    Thread.sleep(5);
    commit("orders", 0, "b", 2);
    assertThat(lake.table("orders").version(), is(2L));
    assertThat(rows(lake.table("orders", 1)), contains("1=a"));
    assertThat(rows(lake.table("orders", between)), contains("1=a"));
    assertThat(rows(lake.table("orders", Instant.now())), contains("1=a", "2=b"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> lake.table("orders", 3)).getMessage(),
        is("table 'orders' has no version 3; versions: [1, 2]"));
    assertThat(
        assertThrows(IllegalArgumentException.class, () -> lake.table("order")).getMessage(),
        is("no table 'order' in " + warehouse + "; tables: [orders]"));
    assertThrows(IllegalArgumentException.class, () -> lake.table("orders", Instant.EPOCH));
  }

  @Test
  void aConflictNamesTheBucketsThatChanged() throws IOException {
    commit("orders", 0, "a", 1);
    try (LakeRun slow = lake.startRun(BUCKETS)) {
      commit("orders", 2, "b", 2);
      commit("orders", 3, "b", 3);
      TableReport ours = adding(lake, slow, "orders", 0, "c", 4);
      assertThat(slow.commit(ours), equalTo(new Conflict(Set.of(2, 3), false)));
      assertThat(rows(lake, "orders"), contains("1=a", "2=b", "3=b"));

      // Not in a bucket of ours: nothing is merged again.
      assertThat(new CommitLoop(slow, NONE).commit(ours), equalTo(new Committed(4)));
    }

    assertThat(rows(lake, "orders"), contains("1=a", "2=b", "3=b", "4=c"));
    assertThat(lake.table("orders").conflicts(), is(2L));
  }

  @Test
  void aTableMadeByTwoIsAConflictEverywhere() throws IOException {
    try (LakeRun slow = lake.startRun(BUCKETS)) {
      commit("orders", 0, "a", 1);
      TableReport ours = adding(lake, slow, "orders", 1, "b", 2);
      assertThat(slow.commit(ours), equalTo(new Conflict(Set.of(), true)));
    }

    assertThat(rows(lake, "orders"), contains("1=a"));
  }

  @Test
  void onlyConflictingBucketsAreMergedAgain() throws IOException {
    commit("orders", 0, "a", 1);
    try (LakeRun slow = lake.startRun(BUCKETS)) {
      commit("orders", 0, "b", 2);
      DataFile kept = data(lake, slow, "orders", 1, "c", 3);
      DataFile stale = data(lake, slow, "orders", 0, "c", 4);
      TableReport ours = report("orders", added("orders", 0, stale), added("orders", 1, kept));
      Remerge remerge =
          (store, report, buckets) -> {
            assertThat(buckets, contains(0));
            return report(
                "orders",
                report.files().get(1),
                added("orders", 0, data(lake, slow, "orders", 0, "merged", 4)));
          };
      assertThat(new CommitLoop(slow, remerge).commit(ours), equalTo(new Committed(3)));
      assertThat(Files.exists(Path.of(stale.location())), is(false));
    }

    assertThat(rows(lake, "orders"), contains("1=a", "2=b", "3=c", "4=merged"));
  }

  @Test
  void whatWasNotCommittedIsRemoved() throws IOException {
    commit("orders", 0, "a", 1);
    int before = files(lake, "orders").size();
    try (LakeRun run = lake.startRun(BUCKETS)) {
      data(lake, run, "orders", 0, "lost", 2);
      data(lake, run, "new", 0, "lost", 2);
    }

    assertThat(files(lake, "orders"), hasSize(before));
    assertThat(files(lake, "new"), empty());
    try (Stream<Path> runs = Files.list(warehouse.resolve(".anabranch/runs"))) {
      assertThat(runs.toList(), empty());
    }
  }

  @Test
  void aDeadRunIsTakenOverBetweenTwoTables() throws IOException {
    LakeRun dead = lake.startRun(BUCKETS);
    dead.setProgress(new Progress(Map.of("log:a/0", 3L), "three"));
    TableReport accounts = adding(lake, dead, "accounts", 0, "a", 1);
    TableReport orders = adding(lake, dead, "orders", 0, "a", 1);
    TestLake.leaveReport(dead, accounts, orders);
    dead.commit(accounts);
    assertThat(lake.unfinished(), empty());
    dead.leave();
    dead.close();

    List<UnfinishedRun> unfinished = lake.unfinished();
    assertThat(unfinished, hasSize(1));
    assertThat(unfinished.get(0).missing(), contains("orders"));
    lake.compact(new UpkeepSettings(1, Duration.ZERO));
    try (LakeRun run = lake.resume(dead.id())) {
      assertThat(
          assertThrows(IllegalStateException.class, () -> lake.resume(dead.id())).getMessage(),
          containsString("alive"));
      assertThat(new CommitLoop(run, NONE).commit(accounts), equalTo(new Committed(1)));
      assertThat(new CommitLoop(run, NONE).commit(orders), equalTo(new Committed(1)));
    }

    assertThat(rows(lake, "accounts"), contains("1=a"));
    assertThat(rows(lake, "orders"), contains("1=a"));
    assertThat(lake.table("orders").places(), equalTo(Map.of("log:a/0", 3L)));
    assertThat(lake.unfinished(), empty());
    assertThrows(IllegalStateException.class, () -> lake.resume(dead.id()));
  }

  @Test
  void columnsAreAddedWithTheRowsThatBringThem() throws IOException {
    commit("orders", 0, "a", 1);
    Schema wider =
        TestLake.COLUMNS.join(Schema.of(List.of(new Schema.Column("note", Type.STRING, 2))));
    try (LakeRun run = lake.startRun(BUCKETS)) {
      DataFile file = data(lake, run, "orders", 1, "b", 2);
      TableReport orders =
          new TableReport(
              "orders", TestLake.KEY, wider, List.of(added("orders", 1, file)), Map.of());
      assertThat(run.commit(orders), equalTo(new Committed(2)));
    }

    LakeTable now = lake.table("orders");
    assertThat(now.schema(), equalTo(wider));
    try (LakeRows rows = now.openRows()) {
      assertThat(rows.columns(), contains("id", "name", "note"));
      assertThat(rows.next(), is(true));
      assertThat(rows.row(), contains(1L, "a", null));
    }

    assertThat(lake.table("orders", 1).schema(), equalTo(TestLake.COLUMNS));
    assertThat(rows(lake.table("orders", 1)), contains("1=a"));
  }

  @Test
  void aTypeThatDoesNotFitIsRefusedUnlessAllBucketsAreRewritten() throws IOException {
    commit("orders", 0, "a", 1);
    commit("orders", 1, "a", 2);
    Schema other = Schema.of(List.of(new Schema.Column("id", Type.STRING, 0)));
    try (LakeRun run = lake.startRun(BUCKETS)) {
      TableReport orders =
          new TableReport(
              "orders",
              TestLake.KEY,
              other,
              List.of(replacing("orders", 0, data(lake, run, "orders", 0, "b", 1))),
              Map.of());
      assertThat(
          assertThrows(IllegalStateException.class, () -> run.commit(orders)).getMessage(),
          containsString("these were not: [1]"));
    }

    assertThat(rows(lake, "orders"), contains("1=a", "2=a"));
  }

  @Test
  void snapshotsOfOtherEnginesInBetweenAreKept() throws IOException {
    commit("orders", 0, "a", 1, 2);
    commit("orders", 1, "a", 3);
    TableOperations loaded = Objects.requireNonNull(lake.catalog().load("orders"));
    new BaseTable(loaded, "orders")
        .newDelete()
        .deleteFromRowFilter(Expressions.equal(LakeLayout.BUCKET, 1))
        .commit();
    assertThat(rows(lake, "orders"), contains("1=a", "2=a"));
    assertThat(lake.table("orders").version(), is(3L));
    commit("orders", 1, "b", 4);
    assertThat(rows(lake, "orders"), contains("1=a", "2=a", "4=b"));
    assertThat(lake.table("orders").key(), contains("id"));
  }

  @Test
  void manyCommitsLeaveFewMetadataFiles() throws IOException {
    for (int i = 0; i < 30; i++) {
      commit("orders", i % BUCKETS, "a", i);
    }

    assertThat(lake.table("orders").rows(), is(30L));
    long metadata =
        files(lake, "orders").stream()
            .filter(file -> file.toString().endsWith(".metadata.json"))
            .count();
    assertThat(metadata, is(21L));
    List<Path> before = files(lake, "orders");
    lake.compact(new UpkeepSettings(100, Duration.ZERO));
    assertThat(files(lake, "orders"), hasSize(before.size()));
  }
}
