package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.adding;
import static org.anabranch.lake.TestLake.data;
import static org.anabranch.lake.TestLake.deletes;
import static org.anabranch.lake.TestLake.report;
import static org.anabranch.lake.TestLake.rows;
import static org.anabranch.lake.TestLake.written;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.anabranch.lake.MoveTables.MovedTable;
import org.apache.iceberg.DataFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A warehouse that was copied or moved is whole again, and the original is as it was. */
class MoveTablesTest {

  /** Commits after which the oldest metadata files are deleted. */
  private static final int MORE_THAN_THE_LOG = 25;

  @TempDir Path directory;
  private final List<String> notes = new ArrayList<>();

  private Path warehouse() {
    return directory.resolve("warehouse");
  }

  private Path copy() {
    return directory.resolve("copy");
  }

  /** Two versions of a table with deleted rows, and another table. */
  @BeforeEach
  void make() throws IOException {
    try (Lake lake = TestLake.at(warehouse())) {
      DataFile first;
      try (LakeRun run = lake.startRun(BUCKETS)) {
        first = data(lake, run, "orders", 0, "a", 1, 2, 3);
        run.commit(report("orders", TestLake.added("orders", 0, first)));
        run.commit(adding(lake, run, "accounts", 1, "b", 7));
      }

      try (LakeRun run = lake.startRun(BUCKETS)) {
        run.setProgress(new Progress(Map.of("log:orders/0", 12L), "orders/0 to 12"));
        run.commit(
            report(
                "orders",
                written(
                    "orders",
                    0,
                    List.of(data(lake, run, "orders", 0, "c", 4)),
                    List.of(deletes(lake, run, "orders", 0, first.location(), 0, 2)),
                    false)));
      }
    }
  }

  private void copyAll() throws IOException {
    try (var files = Files.walk(warehouse())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy().resolve(warehouse().relativize(file)));
      }
    }
  }

  private List<MovedTable> move() throws IOException {
    return MoveTables.run(LakeConfig.at(copy()), warehouse().toString(), notes::add);
  }

  private static List<String> shown(Path warehouse) throws IOException {
    try (Lake lake = TestLake.at(warehouse)) {
      return rows(lake, "orders");
    }
  }

  private void theCopyLivesOn(int commits) throws IOException {
    try (Lake lake = TestLake.at(copy())) {
      assertThat(rows(lake, "orders"), contains("2=a", "4=c"));
      LakeTable orders = lake.table("orders");
      assertThat(orders.places(), equalTo(Map.of("log:orders/0", 12L)));
      assertThat(orders.progress(), is("orders/0 to 12"));
      assertThat(orders.version(), is(3L));
      for (int i = 0; i < commits; i++) {
        try (LakeRun run = lake.startRun(BUCKETS)) {
          run.commit(adding(lake, run, "orders", 1, "d" + i, 100 + i));
        }
      }

      TestLake.age(copy(), TestLake.LONG);
      lake.compact(new UpkeepSettings(1, Duration.ZERO));
      assertThat(lake.table("orders").rows(), is(2L + commits));
      assertThat(rows(lake, "accounts"), contains("7=b"));
      assertThat(TestLake.leftOver(lake, "orders"), empty());
      assertThat(TestLake.leftOver(lake, "accounts"), empty());
    }

    for (Path file : Directories.files(copy())) {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      assertThat(file.toString(), text, not(containsString(warehouse() + "/anabranch")));
    }
  }

  @Test
  void aCopyIsMadeWholeAndTheOriginalStays() throws IOException {
    copyAll();
    List<Path> original = Directories.files(warehouse());
    assertThat(
        move(),
        contains(
            new MovedTable("accounts", 2, 1, 1, false), new MovedTable("orders", 3, 2, 2, false)));
    assertThat(
        move(),
        contains(
            new MovedTable("accounts", 2, 1, 1, true), new MovedTable("orders", 3, 2, 2, true)));
    assertThat(notes, empty());
    theCopyLivesOn(MORE_THAN_THE_LOG);
    assertThat(Directories.files(warehouse()), equalTo(original));
    assertThat(shown(warehouse()), contains("2=a", "4=c"));
  }

  /** The versions since are not moved. */
  @Test
  void whatAJobHasNotAcknowledgedComesWithAllRowsOfTheMovedTable() throws IOException {
    try (Lake lake = TestLake.at(warehouse())) {
      tag(lake, "shop", 0);
      tag(lake, "visits", 1);
    }

    copyAll();
    move();
    try (Lake lake = TestLake.at(copy())) {
      assertThat(
          new Redelivery("shop").open(lake).stream().map(TableCommitted::version).toList(),
          contains(3L));
      assertThat(lake.table("orders").before(new Redelivery("shop")), nullValue());
      assertThat(new Redelivery("visits").open(lake), empty());
    }
  }

  private static void tag(Lake lake, String job, int version) throws IOException {
    long snapshot = lake.catalog().load("orders").current().snapshots().get(version).snapshotId();
    new Redelivery(job).given().move(lake, "orders", RunId.next(), snapshot);
  }

  @Test
  void aMovedWarehouseIsMadeWhole() throws IOException {
    Files.move(warehouse(), copy());
    move();
    theCopyLivesOn(1);
  }

  @Test
  void untilAllTablesAreWholeNothingIsWritten() throws IOException {
    copyAll();
    try (LakeCatalog catalog = LakeCatalog.open(LakeConfig.at(copy()), operations -> operations)) {
      new MoveTable(
              LakeConfig.at(copy()),
              "accounts",
              java.util.Objects.requireNonNull(catalog.load("accounts")))
          .run();
    }

    try (Lake lake = TestLake.at(copy())) {
      assertThrows(DisplacedTableException.class, () -> lake.startRun(BUCKETS));
    }

    move();
    theCopyLivesOn(1);
  }

  @Test
  void aCopyThatIsNotCompleteIsRefused() throws IOException {
    copyAll();
    Path lost;
    try (Lake lake = TestLake.at(warehouse())) {
      lost = Path.of(lake.table("orders").dataFiles().get(0));
    }

    Files.delete(copy().resolve(warehouse().relativize(lost)));
    assertThat(
        assertThrows(BrokenTableException.class, this::move).getMessage(),
        containsString("there is no " + lost.getFileName()));
  }

  @Test
  void tablesThatWereMadeElsewhereAreRefused() throws IOException {
    copyAll();
    assertThat(
        assertThrows(
                IOException.class,
                () ->
                    MoveTables.run(
                        LakeConfig.at(copy()), directory.resolve("another").toString(), notes::add))
            .getMessage(),
        containsString("was made in " + warehouse().resolve("anabranch/accounts")));
  }

  @Test
  void runsThatWereUnderWayAreForgottenAndTold() throws IOException {
    try (Lake lake = TestLake.at(warehouse());
        LakeRun run = lake.startRun(BUCKETS)) {
      TestLake.leaveReport(run, adding(lake, run, "orders", 2, "x", 9));
      copyAll();
      move();
      assertThat(notes, contains(containsString("run " + run.id() + " had not ended")));
    }

    theCopyLivesOn(1);
  }
}
