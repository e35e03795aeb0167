package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.adding;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How far the input was read is told by the last table of a run: when all the others are in. */
class RunCommitTest {

  private static final String READ = "read:job/shop/0";
  private static final String LOG = "log:shop/0";
  private static final Progress PROGRESS =
      new Progress(Map.of(LOG, 5L), Map.of(READ, 7L), "up to 7");

  private static final RunRules AT_MOST_TWO_DEAD =
      new RunRules(SchemaChanges.EVOLVE, DeadLetterLimit.of(2), false);

  @TempDir private Path warehouse;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.at(warehouse);
  }

  @Test
  void theLastTableTellsHowFarTheInputWasRead() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      RunReport report = report(run);
      run.setProgress(PROGRESS);

      assertThat(new RunCommit(run, report, Set.of(), table -> {}).commitAll(), is(true));
    }

    assertThat(lake.table("dead_letters").places(), equalTo(Map.of(LOG, 5L)));
    assertThat(lake.table("orders").places(), equalTo(Map.of(LOG, 5L, READ, 7L)));
  }

  @Test
  void aRunThatFailsBetweenItsTablesLeavesItsInputUnread() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      RunReport report = report(run);
      run.setProgress(PROGRESS);
      RunCommit commit = new RunCommit(run, report, Set.of(), RunCommitTest::fail);

      assertThrows(IllegalStateException.class, commit::commitAll);
    }

    assertThat(lake.table("dead_letters").places(), not(hasKey(READ)));
  }

  @Test
  void tooManyDeadLettersAreAllThatIsCommittedAndLeaveTheInputUnread() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS, AT_MOST_TWO_DEAD)) {
      RunReport report = report(run).join(dead(3));
      run.setProgress(PROGRESS);
      RunCommit commit = new RunCommit(run, report, Set.of(), table -> {});

      assertThrows(TooManyDeadLettersException.class, commit::commitAll);
    }

    assertThat(lake.table("dead_letters").places(), not(hasKey(READ)));
    assertThat(lake.tables().stream().map(LakeTable::table).toList(), contains("dead_letters"));
  }

  @Test
  void whoTakesARunOverRefusesItsDeadLettersToo() throws IOException {
    LakeRun dead = lake.startRun(BUCKETS, AT_MOST_TWO_DEAD);
    try (dead) {
      RunReport report = report(dead).join(dead(3));
      TestLake.leaveReport(dead, report.tables().toArray(TableReport[]::new));
      dead.setProgress(PROGRESS);
      dead.leave();
    }

    try (LakeRun run = lake.resume(dead.id())) {
      RunReport report = run.report();
      RunCommit commit = new RunCommit(run, report, Set.of(), table -> {});
      assertThrows(TooManyDeadLettersException.class, commit::commitAll);
    }

    assertThat(lake.tables().stream().map(LakeTable::table).toList(), contains("dead_letters"));
  }

  private static RunReport dead(long count) {
    return RunReport.of(List.of(TableReport.counting("orders", Map.of(TableReport.DEAD, count))));
  }

  @Test
  void aRunWhosePipelineHasLeftNoReportHasNone() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      assertThat(run.hasReport(), is(false));
      assertThrows(NoSuchFileException.class, run::report);
    }
  }

  @Test
  void whoTakesARunOverTellsHowFarItHasRead() throws IOException {
    LakeRun dead = lake.startRun(BUCKETS);
    try (dead) {
      RunReport report = report(dead);
      TestLake.leaveReport(dead, report.tables().toArray(TableReport[]::new));
      dead.setProgress(PROGRESS);
      RunCommit commit = new RunCommit(dead, report, Set.of(), RunCommitTest::fail);
      assertThrows(IllegalStateException.class, commit::commitAll);
      dead.leave();
    }

    try (LakeRun run = lake.resume(dead.id())) {
      RunReport report = run.report();
      assertThat(new RunCommit(run, report, Set.of(), table -> {}).commitAll(), is(true));
    }

    assertThat(lake.table("orders").places(), equalTo(Map.of(LOG, 5L, READ, 7L)));
  }

  private RunReport report(LakeRun run) throws IOException {
    return RunReport.of(
        List.of(
            adding(lake, run, "dead_letters", 1, "x", 9), adding(lake, run, "orders", 0, "a", 1)));
  }

  private static void fail(String table) {
    throw new IllegalStateException("stopped after " + table);
  }
}
