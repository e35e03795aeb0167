package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.data;
import static org.anabranch.lake.TestLake.files;
import static org.anabranch.lake.TestLake.leftOver;
import static org.anabranch.lake.TestLake.replacing;
import static org.anabranch.lake.TestLake.report;
import static org.anabranch.lake.TestLake.rows;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.oneOf;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.anabranch.lake.CommitResult.Committed;
import org.anabranch.lake.WatchedFileSystem.Killed;
import org.anabranch.transforms.report.TableReport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commits that are killed at each of their steps, one after the other: before and after a file of
 * metadata is created, renamed or deleted. What they leave stays while it is young and goes later;
 * what the table needs stays.
 */
class CutOffCommitsTest {

  private static final UpkeepSettings ONE_VERSION = new UpkeepSettings(1, Duration.ZERO);

  /** More than the table keeps metadata of, so that each commit deletes the oldest. */
  private static final int FULL_LOG = 22;

  @TempDir Path warehouse;

  /** Of so many moments a process is killed at one. */
  int stride() {
    return 6;
  }

  @AfterEach
  void stopWatching() {
    WatchedFileSystem.watch(moment -> {});
  }

  private LakeConfig directory() {
    return LakeConfig.at(warehouse).withCatalog(WatchedFileSystem.in(Map.of()));
  }

  private LakeConfig sqlite() {
    String uri = "jdbc:sqlite:" + warehouse.resolve("catalog.db");
    return LakeConfig.at(warehouse)
        .withCatalog(WatchedFileSystem.in(Map.of("type", "jdbc", "uri", uri)));
  }

  private static Lake open(LakeConfig config) throws IOException {
    return TestLake.at(config, operations -> operations);
  }

  private static TableReport replacingAll(Lake lake, LakeRun run, String table, String name)
      throws IOException {
    return report(table, replacing(table, 0, data(lake, run, table, 0, name, 1, 2)));
  }

  private static void replace(Lake lake, String table, String name) throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      assertThat(run.commit(replacingAll(lake, run, table, name)), is(instanceOf(Committed.class)));
    }
  }

  private static void fillLog(LakeConfig config) throws IOException {
    try (Lake lake = open(config)) {
      for (int i = 0; i < FULL_LOG; i++) {
        replace(lake, "orders", "full");
      }
    }
  }

  /** Something that changes files. */
  private interface Change {
    void make(Lake lake) throws IOException;
  }

  /** Whether a change was killed at some moment; else it was over before. */
  private static boolean isKilled(LakeConfig config, int at, Change change) throws IOException {
    WatchedFileSystem.watch(
        moment -> {
          if (moment >= at) {
            throw new Killed(moment);
          }
        });
    boolean isKilled = false;
    try (Lake lake = open(config)) {
      change.make(lake);
    } catch (Killed e) {
      isKilled = true;
    }

    // Where the kill is met while files are deleted, Iceberg takes it for a failure and goes on.
    isKilled |= WatchedFileSystem.moments() >= at;
    WatchedFileSystem.watch(moment -> {});
    return isKilled;
  }

  /** A run whose pipeline has ended, so that others can finish it. */
  private static void commitWithReport(Lake lake, String table, String name) throws IOException {
    LakeRun run = lake.startRun(BUCKETS);
    run.leave();
    try (run) {
      TableReport report = replacingAll(lake, run, table, name);
      TestLake.leaveReport(run, report);
      run.commit(report);
    }
  }

  private static void commitWithoutReport(Lake lake, String table, String name) throws IOException {
    LakeRun run = lake.startRun(BUCKETS);
    run.leave();
    try (run) {
      run.commit(replacingAll(lake, run, table, name));
    }
  }

  private static List<String> named(String name) {
    return List.of("1=" + name, "2=" + name);
  }

  private void youngFilesStay(Lake lake, String moment) throws IOException {
    TestLake.age(warehouse, Duration.ZERO);
    List<Path> young = files(lake, "orders");
    lake.compact(UpkeepSettings.DEFAULT);
    assertThat(moment, young, everyItem(in(files(lake, "orders"))));
  }

  private void nothingIsLeft(Lake lake, String moment) throws IOException {
    KilledCommitsTest.Steps.finish(lake);
    TestLake.age(warehouse, TestLake.LONG);
    lake.compact(UpkeepSettings.DEFAULT);
    assertThat(moment, RunDirectory.all(lake.config()), empty());
    assertThat(moment, leftOver(lake, "orders"), empty());
  }

  private void commitsKilledAtEachMoment(LakeConfig config) throws IOException {
    fillLog(config);
    String before = "full";
    int commits = 0;
    int moment = 1;
    while (isKilled(config, moment, commitNamed("v" + moment))) {
      try (Lake lake = open(config)) {
        assertThat(rows(lake, "orders"), is(oneOf(named(before), named("v" + moment))));
        youngFilesStay(lake, "moment " + moment);
        nothingIsLeft(lake, "moment " + moment);
        assertThat(rows(lake, "orders"), is(named("v" + moment)));
        commits++;
        assertThat(lake.table("orders").version(), is((long) FULL_LOG + commits));
      }

      before = "v" + moment;
      moment += stride();
    }

    assertThat(moment, is(greaterThan(10)));
  }

  private static Change commitNamed(String name) {
    return lake -> commitWithReport(lake, "orders", name);
  }

  @Test
  void nothingIsLeftOfCommitsInADirectory() throws IOException {
    commitsKilledAtEachMoment(directory());
  }

  @Test
  @Tag("long")
  void nothingIsLeftOfCommitsWithADatabase() throws IOException {
    commitsKilledAtEachMoment(sqlite());
  }

  @Test
  void nothingIsLeftOfATableThatWasNotMade() throws IOException {
    int moment = 1;
    while (isKilled(directory(), moment, madeBy("made" + moment))) {
      String table = "made" + moment;
      try (Lake lake = open(directory())) {
        TestLake.age(warehouse, TestLake.LONG);
        lake.compact(UpkeepSettings.DEFAULT);
        assertThat("moment " + moment, leftOver(lake, table), empty());
        replace(lake, table, "again");
        assertThat(rows(lake, table), is(named("again")));
      }

      moment += stride();
    }

    assertThat(moment, is(greaterThan(10)));
  }

  private static Change madeBy(String table) {
    return lake -> commitWithoutReport(lake, table, "first");
  }

  @Test
  void nothingIsLeftOfUpkeepItself() throws IOException {
    fillLog(directory());
    int moment = 1;
    while (isKilled(directory(), moment, lake -> lake.compact(ONE_VERSION))) {
      try (Lake lake = open(directory())) {
        nothingIsLeft(lake, "moment " + moment);
        assertThat(rows(lake, "orders"), is(named("full")));
        lake.compact(ONE_VERSION);
        replace(lake, "orders", "full");
      }

      moment += stride();
    }

    assertThat(moment, is(greaterThan(10)));
  }

  @Test
  void upkeepAtAnyMomentOfACommitTakesNothingFromIt() throws IOException {
    fillLog(directory());
    int moment = 1;
    boolean isWithin = true;
    while (isWithin) {
      int at = moment;
      try (Lake lake = open(directory());
          Lake other = TestLake.at(warehouse)) {
        WatchedFileSystem.watch(
            now -> {
              if (now == at) {
                compact(other);
              }
            });
        TestLake.age(warehouse, TestLake.LONG);
        replace(lake, "orders", "v" + moment);
        isWithin = WatchedFileSystem.moments() >= at;
        WatchedFileSystem.watch(now -> {});
        assertThat("moment " + moment, rows(lake, "orders"), equalTo(named("v" + moment)));
        assertThat("moment " + moment, leftOver(lake, "orders"), empty());
      }

      moment += stride();
    }

    assertThat(moment, is(greaterThan(10)));
  }

  private static void compact(Lake lake) {
    try {
      lake.compact(UpkeepSettings.DEFAULT);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
