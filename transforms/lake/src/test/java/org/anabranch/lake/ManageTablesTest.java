package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.adding;
import static org.anabranch.lake.TestLake.rows;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables are dropped, renamed, and the progress of jobs is forgotten, and nothing else. */
class ManageTablesTest {

  @TempDir Path warehouse;
  private Lake lake;

  @BeforeEach
  void make() throws IOException {
    lake = TestLake.at(warehouse);
    for (String table : List.of("orders", "orders_history", "accounts")) {
      add(table, "a", 1);
    }
  }

  @AfterEach
  void close() throws IOException {
    lake.close();
  }

  private void add(String table, String name, long id) throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.setProgress(new Progress(Map.of(), Map.of("read:job/t/0", id, "read:other/t/0", id), ""));
      run.setLastTable(table);
      run.commit(adding(lake, run, table, 0, name, id));
    }
  }

  private Path location(String table) {
    return Path.of(lake.config().location(table));
  }

  @Test
  void aDropTakesATableAndNothingOfOthers() throws IOException {
    Path foreign = Files.writeString(location("orders").resolve("data/notes.txt"), "of a person");
    Path link = Files.createSymbolicLink(location("orders").resolve("data/link"), warehouse);
    ManageTables tables = ManageTables.of(lake);
    assertThat(tables.extent("orders").foreign().size(), is(2));
    assertThat(rows(lake, "orders"), contains("1=a"));
    tables.drop("orders");
    assertThat(
        lake.tables().stream().map(LakeTable::table).toList(),
        contains("accounts", "orders_history"));
    assertThat(Files.exists(foreign), is(true));
    assertThat(Files.isSymbolicLink(link), is(true));
    Files.delete(foreign);
    Files.delete(link);
    assertThat(Directories.files(location("orders")), empty());
    assertThat(rows(lake, "accounts"), contains("1=a"));
    add("orders", "again", 2);
    assertThat(rows(lake, "orders"), contains("2=again"));
  }

  @Test
  void aDropThatIsCutOffLeavesTheTableOrNone() throws IOException {
    add("orders", "b", 2);
    add("orders", "c", 3);
    // As cut off while old versions go, oldest first, the pointer before them.
    Path metadata = location("orders").resolve("metadata");
    Files.delete(metadata.resolve("version-hint.text"));
    Files.delete(metadata.resolve("v1.metadata.json"));
    assertThat(rows(lake, "orders"), contains("1=a", "2=b", "3=c"));
    ManageTables.of(lake).drop("orders");
    assertThat(Files.exists(location("orders")), is(false));
  }

  @Test
  void aRenamedTableLivesOnWithItsHistory() throws IOException {
    ManageTables tables = ManageTables.of(lake);
    assertThat(tables.rename("orders", "sales"), contains("sales", "sales_history"));
    assertThat(
        lake.tables().stream().map(LakeTable::table).toList(),
        contains("accounts", "sales", "sales_history"));
    add("sales", "b", 2);
    assertThat(rows(lake, "sales"), contains("1=a", "2=b"));
    TestLake.age(warehouse, TestLake.LONG);
    lake.compact(new UpkeepSettings(1, Duration.ZERO));
    assertThat(TestLake.leftOver(lake, "sales"), empty());
    assertThrows(IllegalArgumentException.class, () -> tables.rename("sales", "accounts"));
    assertThrows(IllegalArgumentException.class, () -> tables.rename("orders", "x"));
    assertThat(rows(lake, "sales_history"), contains("1=a"));
  }

  @Test
  void aRenameThatIsCutOffIsFinishedByTheNext() throws IOException {
    Files.move(location("orders"), location("sales"));
    ManageTables tables = ManageTables.of(lake);
    assertThrows(DisplacedTableException.class, () -> add("accounts", "b", 2));
    tables.rename("orders", "sales");
    assertThat(rows(lake, "sales"), contains("1=a"));
    add("accounts", "b", 2);
  }

  @Test
  void aResetForgetsOneJob() throws IOException {
    ManageTables tables = ManageTables.of(lake);
    assertThat(tables.jobs(), contains("job", "other"));
    assertThat(tables.progress("job"), is(Map.of("t/0", 1L)));
    tables.reset("job");
    assertThat(tables.progress("job"), is(Map.of()));
    assertThat(tables.progress("other"), is(Map.of("t/0", 1L)));
    assertThat(rows(lake, "orders"), contains("1=a"));
    add("orders", "b", 2);
    assertThat(tables.progress("job"), is(Map.of("t/0", 2L)));
  }

  @Test
  void nothingIsDoneWhileARunIsUnderWay() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      for (IllegalArgumentException refused :
          List.of(
              assertThrows(
                  IllegalArgumentException.class, () -> ManageTables.of(lake).drop("orders")),
              assertThrows(
                  IllegalArgumentException.class, () -> ManageTables.of(lake).reset("job")))) {
        assertThat(refused.getMessage(), containsString("run " + run.id() + " is under way"));
      }
    }
  }
}
