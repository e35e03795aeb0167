package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.added;
import static org.anabranch.lake.TestLake.adding;
import static org.anabranch.lake.TestLake.data;
import static org.anabranch.lake.TestLake.files;
import static org.anabranch.lake.TestLake.replacing;
import static org.anabranch.lake.TestLake.report;
import static org.anabranch.lake.TestLake.rows;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.anabranch.lake.CommitResult.Committed;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore;
import org.apache.iceberg.DataFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpkeepTest {

  private static final UpkeepSettings ONE_VERSION = new UpkeepSettings(1, Duration.ZERO);

  @TempDir Path warehouse;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.at(warehouse);
  }

  private void replace(int bucket, String name, long... ids) throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(
          report(
              "orders", replacing("orders", bucket, data(lake, run, "orders", bucket, name, ids))));
    }
  }

  @Test
  void oldVersionsGoWithTheirFiles() throws IOException {
    for (int i = 0; i < 5; i++) {
      replace(0, "v" + i, 1, 2);
    }

    List<UpkeepReport> kept = lake.compact(UpkeepSettings.DEFAULT);
    assertThat(kept, contains(new UpkeepReport("orders", 0, 0, 0)));
    UpkeepReport report = lake.compact(ONE_VERSION).get(0);
    assertThat(report.expiredVersions(), is(4));
    // The states of the four, and the data file that the fifth has taken out.
    assertThat(report.removedFiles(), is(5));
    assertThat(rows(lake, "orders"), contains("1=v4", "2=v4"));
    List<String> left =
        files(lake, "orders").stream()
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".parquet"))
            .toList();
    assertThat(left, hasSize(1));
    assertThat(lake.compact(ONE_VERSION), contains(new UpkeepReport("orders", 0, 0, 0)));
  }

  @Test
  void whatAJobHasNotAcknowledgedStays() throws IOException {
    for (int i = 1; i <= 4; i++) {
      replace(0, "v" + i, 1);
    }

    VersionTag given = new Redelivery("shop").given();
    long second = lake.catalog().load("orders").current().snapshots().get(1).snapshotId();
    given.move(lake, "orders", RunId.next(), second);
    assertThat(lake.compact(ONE_VERSION).get(0).expiredVersions(), is(1));
    assertThat(rows(lake.table("orders", 3)), contains("1=v3"));
    given.move(lake, "orders", RunId.next(), null);
    assertThat(lake.compact(ONE_VERSION).get(0).expiredVersions(), is(2));
  }

  @Test
  void youngVersionsStayWhereAnAgeIsGiven() throws IOException {
    replace(0, "a", 1);
    replace(0, "b", 1);
    lake.compact(new UpkeepSettings(1, Duration.ofHours(1)));
    assertThat(rows(lake.table("orders", 1)), contains("1=a"));
  }

  @Test
  void orphansGoBesideARunThatIsAlive() throws IOException {
    replace(0, "a", 1);
    DataFile orphan = data(lake, RunId.next(), "orders", 1, "dead", 5);
    DataFile orphanElsewhere;
    LakeRun dead = lake.startRun(BUCKETS);
    try (dead) {
      orphanElsewhere = data(lake, dead, "begun", 1, "dead", 5);
      dead.leave();
    }

    Path strange = Path.of(lake.config().location("orders"), "data", "strange.parquet");
    Files.writeString(strange, "of another engine");
    try (LakeRun alive = lake.startRun(BUCKETS)) {
      DataFile written = data(lake, alive, "orders", 2, "alive", 6);
      assertThat(
          lake.compact(ONE_VERSION).stream().mapToInt(UpkeepReport::removedFiles).sum(), is(2));
      assertThat(files(lake, "orders"), not(hasItem(Path.of(orphan.location()))));
      assertThat(files(lake, "begun"), not(hasItem(Path.of(orphanElsewhere.location()))));
      assertThat(files(lake, "orders"), hasItem(strange));
      assertThat(
          alive.commit(report("orders", added("orders", 2, written))), equalTo(new Committed(2)));
    }

    assertThat(rows(lake, "orders"), contains("1=a", "6=alive"));
    assertThat(rows(lake.table("orders", 1)), contains("1=a"));
  }

  @Test
  void aRunReadsTheVersionItBuildsOnHoweverMuchIsCommittedMeanwhile() throws IOException {
    replace(0, "a", 1);
    try (LakeRun slow = lake.startRun(BUCKETS)) {
      for (int i = 0; i < 25; i++) {
        replace(0, "v" + i, 1);
      }

      assertThat(lake.compact(ONE_VERSION).get(0).expiredVersions(), is(0));
      try (TableStore.RowCursor stored =
          slow.store().open("orders", TestLake.COLUMNS, 0).scan(TestLake.KEY, List.of("name"))) {
        assertThat(stored.next(), is(true));
        assertThat(
            Values.read(
                new ByteReader(stored.values())
                    .reset(stored.values(), stored.offset(), stored.length())),
            is("a"));
      }
    }

    assertThat(lake.compact(ONE_VERSION).get(0).expiredVersions(), is(25));
  }

  @Test
  void checksumsOfOtherEnginesStayOrGoWithTheirFiles() throws IOException {
    replace(0, "a", 1);
    Path metadata = Path.of(lake.config().location("orders"), "metadata");
    List<Path> needed =
        List.of(
            Files.writeString(metadata.resolve(".v1.metadata.json.crc"), "crc"),
            Files.writeString(metadata.resolve(".version-hint.text.crc"), "crc"));
    Path left = Files.writeString(metadata.resolve(".v0.metadata.json.crc"), "crc");
    TestLake.age(warehouse, TestLake.LONG);
    Path young =
        Files.writeString(metadata.resolve("." + UUID.randomUUID() + ".metadata.json.crc"), "crc");
    lake.compact(UpkeepSettings.DEFAULT);
    assertThat(files(lake, "orders"), hasItems(needed.toArray(Path[]::new)));
    assertThat(files(lake, "orders"), hasItem(young));
    assertThat(files(lake, "orders"), not(hasItem(left)));
  }

  @Test
  void manifestsOfOtherEnginesStay() throws IOException {
    replace(0, "a", 1);
    Path manifest =
        Path.of(lake.config().location("orders"), "metadata", UUID.randomUUID() + "-m0.avro");
    Files.writeString(manifest, "of a commit that may be under way");
    TestLake.age(warehouse, Duration.ofDays(30));
    lake.compact(UpkeepSettings.DEFAULT);
    assertThat(files(lake, "orders"), hasItem(manifest));
  }

  @Test
  void directoriesOfDeadRunsGo() throws IOException {
    LakeRun dead = lake.startRun(BUCKETS);
    adding(lake, dead, "orders", 0, "a", 1);
    dead.leave();
    dead.close();
    lake.compact(ONE_VERSION);
    assertThat(RunDirectory.all(lake.config()), empty());
    assertThat(files(lake, "orders"), empty());
  }

  @Test
  void aRunThatWasKilledWhileItEndedIsOver() throws IOException {
    replace(0, "a", 1);
    DataFile orphan;
    LakeRun dead = lake.startRun(BUCKETS);
    try (dead) {
      TestLake.leaveReport(dead, adding(lake, dead, "orders", 0, "b", 2));
      orphan = data(lake, dead, "orders", 1, "dead", 5);
      dead.leave();
    }

    Files.delete(Path.of(dead.staging()).resolve("alive"));
    replace(0, "c", 1);
    assertThat(lake.unfinished(), empty());
    assertThat(lake.compact(ONE_VERSION).get(0).expiredVersions(), is(1));
    assertThat(Files.exists(Path.of(dead.staging())), is(false));
    assertThat(files(lake, "orders"), not(hasItem(Path.of(orphan.location()))));
    assertThat(rows(lake, "orders"), contains("1=c"));
  }

  /** As a power cut leaves it before the first commit. */
  @Test
  void aRunOfWhoseDirectoryOnlyAPartIsThereHasCommittedNothing() throws IOException {
    replace(0, "a", 1);
    LakeRun dead = lake.startRun(BUCKETS);
    try (dead) {
      TestLake.leaveReport(dead, adding(lake, dead, "orders", 0, "b", 2));
      dead.leave();
    }

    Files.write(Path.of(dead.staging()).resolve("run.json"), new byte[0]);
    assertThat(lake.unfinished(), empty());
    lake.compact(ONE_VERSION);
    assertThat(Files.exists(Path.of(dead.staging())), is(false));
    assertThat(rows(lake, "orders"), contains("1=a"));
  }

  @Test
  void bucketsAreCounted() throws IOException {
    replace(0, "a", 1, 2);
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(adding(lake, run, "orders", 0, "b", 3));
    }

    LakeTable.BucketStatistics bucket = lake.table("orders").bucketStatistics().get(0);
    assertThat(bucket.bucket(), is(0));
    assertThat(bucket.dataFiles(), is(2));
    assertThat(bucket.rows(), is(3L));
  }
}
