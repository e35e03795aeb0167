package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.COLUMNS;
import static org.anabranch.lake.TestLake.leftOver;
import static org.anabranch.lake.TestLake.rows;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.oneOf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.anabranch.model.ByteReader;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.RowSlices;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The machine loses its power at each step of a run that makes one table and changes another, and
 * of the clean-up after it. What was not forced to the disk is gone, or part of it is there by
 * chance: every table shows its old or its new version, and the next run goes on from there.
 */
class PowerCutsTest {

  private static final List<String> OLD = List.of("1=a", "2=a", "3=a");
  private static final List<String> NEW = List.of("1=a", "2=b", "3=a", "4=b");

  @TempDir Path directory;

  /** Of so many cuts one is tried, and the last. */
  int stride() {
    return 4;
  }

  /** What the disk holds after a power cut at each step. */
  final List<Map<String, byte @Nullable []>> cuts = new ArrayList<>();

  @BeforeEach
  void make() throws IOException {
    try (Lake lake = open();
        LakeRun run = lake.startRun(BUCKETS)) {
      BucketWriter writer = run.store().write("orders", COLUMNS, 1);
      for (long id = 1; id <= 3; id++) {
        add(writer, id, "a");
      }

      run.commit(report("orders", writer));
    }
  }

  @AfterEach
  void stopWatching() {
    Disk.watch(path -> {});
    WatchedFileSystem.watch(moment -> {});
  }

  Path warehouse() {
    return directory.resolve("warehouse");
  }

  private Lake open() throws IOException {
    LakeConfig config = LakeConfig.at(warehouse()).withCatalog(WatchedFileSystem.in(Map.of()));
    return TestLake.at(config, operations -> operations);
  }

  private static void add(BucketWriter writer, long id, String name) throws IOException {
    RowSlices row = new RowSlices(2);
    row.set(0, Values.encode(id), 0);
    row.set(1, Values.encode(name), 0);
    writer.add(row);
  }

  private static TableReport report(String table, BucketWriter writer) throws IOException {
    return new TableReport(table, TestLake.KEY, COLUMNS, writer.close(), Map.of());
  }

  private static byte[] tombstone() {
    KeyWriter key = new KeyWriter();
    key.add(new ByteReader(Values.encode(2L)));
    RowBatch.Writer batch = new RowBatch.Writer(64);
    batch.delete(new Position("db", 1, 1, 0, "log", 0, 1), 0, key);
    return batch.toByteArray();
  }

  /** Makes the table accounts and patches the table orders. */
  private static void change(LakeRun run) throws IOException {
    run.setProgress(new Progress(Map.of("source:steps", 1L), ""));
    BucketWriter accounts = run.store().write("accounts", COLUMNS, 0);
    add(accounts, 7, "b");
    TableStore store = run.store();
    BucketWriter orders = store.write("orders", COLUMNS, 1);
    try (RowCursor stored = store.open("orders", COLUMNS, 1).scan(TestLake.KEY, List.of("id"))) {
      stored.next();
      stored.next();
      orders.delete(stored.address());
    }

    add(orders, 2, "b");
    add(orders, 4, "b");
    orders.keep(tombstone());
    List<TableReport> reports = List.of(report("accounts", accounts), report("orders", orders));
    TestLake.leaveReport(run, reports.get(0), reports.get(1));
    for (TableReport report : run.report().tables()) {
      run.commit(report);
    }
  }

  private void remember(Map<String, byte @Nullable []> cut) {
    boolean isKnown =
        cuts.stream()
            .anyMatch(
                other ->
                    other.keySet().equals(cut.keySet())
                        && cut.keySet().stream()
                            .allMatch(file -> Arrays.equals(other.get(file), cut.get(file))));
    if (!isKnown) {
      cuts.add(cut);
    }
  }

  /** Runs, and remembers what a power cut at each step would leave. */
  void trace(@Nullable Random luck) throws IOException {
    try (ForgetfulDisk disk = new ForgetfulDisk(directory)) {
      trace(disk, luck);
    } finally {
      stopWatching();
    }
  }

  private void trace(ForgetfulDisk disk, @Nullable Random luck) throws IOException {
    Runnable step =
        () -> {
          try {
            remember(disk.afterCut(luck));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    Disk.watch(
        path -> {
          step.run();
          disk.forced(path);
          step.run();
        });
    WatchedFileSystem.watch(moment -> step.run());
    try (Lake lake = open()) {
      try (LakeRun run = lake.startRun(BUCKETS)) {
        change(run);
      }

      lake.compact(new UpkeepSettings(1, Duration.ZERO));
    }

    step.run();
  }

  private void restore(Map<String, byte @Nullable []> cut) throws IOException {
    Directories.delete(warehouse());
    for (Map.Entry<String, byte @Nullable []> file : cut.entrySet()) {
      Path path = directory.resolve(file.getKey());
      byte[] bytes = file.getValue();
      if (bytes == null) {
        Files.createDirectories(path);
      } else {
        Files.write(path, bytes);
      }
    }
  }

  void everyCutGoesOn(String seed) throws IOException {
    assertThat(cuts.size(), is(greaterThan(20)));
    for (int i = (cuts.size() - 1) % stride(); i < cuts.size(); i += stride()) {
      restore(cuts.get(i));
      String cut = "cut " + i + " of " + cuts.size() + seed;
      try (Lake lake = open()) {
        goesOn(lake, cut, i == cuts.size() - 1);
      } catch (IOException | RuntimeException e) {
        throw new AssertionError(cut, e);
      }
    }
  }

  private void goesOn(Lake lake, String cut, boolean isDone) throws IOException {
    List<String> orders = rows(lake, "orders");
    assertThat(cut, lake.broken(), is(Map.of()));
    assertThat(cut, orders, isDone ? is(NEW) : is(oneOf(OLD, NEW)));
    boolean hasAccounts = lake.tables().size() == 2;
    if (orders.equals(NEW)) {
      assertThat(cut, hasAccounts, is(true));
    }

    if (hasAccounts) {
      assertThat(cut, rows(lake, "accounts"), is(List.of("7=b")));
    }

    // What was cut between two tables is finished by who comes next.
    KilledCommitsTest.Steps.finish(lake);
    boolean isIn = rows(lake, "orders").equals(NEW);
    assertThat(cut, isIn, is(hasAccounts || orders.equals(NEW) || lake.tables().size() == 2));
    if (!isIn) {
      try (LakeRun run = lake.startRun(BUCKETS)) {
        change(run);
      }
    }

    assertThat(cut, rows(lake, "orders"), equalTo(NEW));
    assertThat(cut, rows(lake, "accounts"), equalTo(List.of("7=b")));
    assertThat(cut, lake.table("orders").places(), equalTo(Map.of("source:steps", 1L)));
    TestLake.age(warehouse(), TestLake.LONG);
    lake.compact(UpkeepSettings.DEFAULT);
    assertThat(cut, RunDirectory.all(lake.config()), empty());
    assertThat(cut, leftOver(lake, "orders"), empty());
    assertThat(cut, leftOver(lake, "accounts"), empty());
    assertThat(cut, rows(lake, "orders"), equalTo(NEW));
  }

  @Test
  void whatWasNotForcedIsNotNeeded() throws IOException {
    trace(null);
    everyCutGoesOn("");
  }

  @Test
  void whatIsThereByChanceDoesNoHarm() throws IOException {
    trace(new Random(7));
    everyCutGoesOn(", seed 7");
  }
}
