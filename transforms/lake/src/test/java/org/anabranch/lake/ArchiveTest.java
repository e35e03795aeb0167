package org.anabranch.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.anabranch.lake.CommitResult.Committed;
import org.anabranch.lake.CommitResult.Nothing;
import org.anabranch.parquet.RecordFile;
import org.anabranch.transforms.archive.LogRecord;
import org.anabranch.transforms.archive.LogRecord.Header;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.archive.RecordArchive.SliceArchive;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Files;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each record is in the archive once, whatever overlaps; DuckDB and Iceberg's reader look. */
class ArchiveTest {

  private static final RunRules ARCHIVING =
      new RunRules(SchemaChanges.EVOLVE, DeadLetterLimit.NONE, true);

  /** Half past seven. */
  private static final long START = Instant.parse("2026-11-25T07:30:00Z").toEpochMilli();

  private static final long MINUTE = 60_000;

  @TempDir private Path warehouse;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.at(warehouse);
  }

  private LakeRun start() throws IOException {
    return lake.startRun(1, ARCHIVING);
  }

  /** Archives records of partition 0, one a minute. */
  private static TableReport archive(LakeRun run, long from, long to) throws IOException {
    RecordArchive archive = Objects.requireNonNull(run.scope().archive());
    try (SliceArchive slice = archive.open("shop.orders", 0, from, to)) {
      for (long offset = from; offset < to; offset++) {
        slice.add(record(offset));
      }

      return slice.finish();
    }
  }

  private static LogRecord record(long offset) {
    return new LogRecord(
        "shop.orders",
        0,
        offset,
        START + offset * MINUTE,
        offset % 2 == 0 ? bytes("k" + offset) : null,
        offset % 3 == 0 ? null : bytes("v" + offset),
        offset == 7
            ? List.of(new Header("trace", bytes("a")), new Header("trace", null))
            : List.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Archive archive() {
    return Objects.requireNonNull(Archive.of(lake));
  }

  private List<List<@Nullable String>> query(String columns) {
    return DuckDb.query(
        "SELECT %s FROM read_parquet(%s) ORDER BY ALL"
            .formatted(
                columns, archive().dataFiles().stream().map(file -> "'" + file + "'").toList()));
  }

  private List<List<@Nullable String>> offsets() {
    return query("count(*), count(DISTINCT \"offset\"), min(\"offset\"), max(\"offset\")");
  }

  @Test
  void timesThatNoCalendarHasLieInTheFirstAndTheLastHour() {
    for (long millis : new long[] {Long.MIN_VALUE, -62_135_596_800_001L}) {
      assertThat(
          ArchiveLayout.file("w", "run", "t", ArchiveLayout.hour(millis)),
          containsString("/date=0001-01-01/hour=00/"));
    }

    for (long millis : new long[] {Long.MAX_VALUE, 9_200_000_000_000_000L}) {
      assertThat(
          ArchiveLayout.file("w", "run", "t", ArchiveLayout.hour(millis)),
          containsString("/date=9999-12-31/hour=23/"));
    }

    assertThat(
        ArchiveLayout.file("w", "run", "t", ArchiveLayout.hour(-1L)),
        containsString("/date=1969-12-31/hour=23/"));
  }

  @Test
  void recordsAreInAsTheyCame() throws IOException {
    try (LakeRun run = start()) {
      run.commitArchive(archive(run, 0, 10));
    }

    assertThat(
        query(
                "\"partition\", \"offset\", \"timestamp\", \"key\"::VARCHAR, \"value\"::VARCHAR,"
                    + " len(headers), headers[1].name, headers[1].value::VARCHAR, headers[2].value")
            .subList(6, 8),
        contains(
            LakeFixture.row("0", "6", "2026-11-25T07:36Z", "k6", null, "0", null, null, null),
            LakeFixture.row("0", "7", "2026-11-25T07:37Z", null, "v7", "2", "trace", "a", null)));
  }

  @Test
  void filesLieByTopicDateAndHour() throws IOException {
    try (LakeRun run = start()) {
      run.commitArchive(archive(run, 0, 40));
    }

    assertThat(
        archive().dataFiles().stream().map(file -> file.replaceAll(".*/data/|/ab-.*", "")).toList(),
        contains(
            "topic=shop.orders/date=2026-11-25/hour=07",
            "topic=shop.orders/date=2026-11-25/hour=08"));
  }

  @Test
  void icebergFindsColumnsByNameAndRecordsByHour() throws IOException {
    try (LakeRun run = start()) {
      run.commitArchive(archive(run, 0, 40));
    }

    List<Object> offsets = new ArrayList<>();
    BaseTable table =
        new BaseTable(Objects.requireNonNull(lake.catalog().load(RecordArchive.TABLE)), "archive");
    try (CloseableIterable<Record> rows =
        IcebergGenerics.read(table)
            .select("offset", "timestamp")
            .where(Expressions.greaterThanOrEqual("timestamp", "2026-11-25T08:07:00+00:00"))
            .build()) {
      rows.forEach(row -> offsets.add(row.getField("offset")));
    }

    assertThat(offsets, containsInAnyOrder(37L, 38L, 39L));
  }

  @Test
  void aReplayAddsNothingAndAnOverlapOnlyWhatIsNew() throws IOException {
    try (LakeRun run = start()) {
      run.commitArchive(archive(run, 5, 15));
    }

    try (LakeRun run = start()) {
      assertThat(run.commitArchive(archive(run, 5, 15)), is(instanceOf(Nothing.class)));
    }

    try (LakeRun run = start()) {
      run.commitArchive(archive(run, 0, 20));
    }

    assertThat(offsets(), contains(LakeFixture.row("20", "20", "0", "19")));
    assertThat(archive().offsets().toString(), is("shop.orders/0:0-20"));
  }

  @Test
  void twoRunsAtTheSameTimeAddEachRecordOnce() throws IOException {
    try (LakeRun first = start();
        LakeRun second = start()) {
      TableReport some = archive(first, 0, 12);
      TableReport others = archive(second, 8, 20);
      first.commitArchive(some);

      assertThat(second.commitArchive(others), is(instanceOf(Committed.class)));
      assertThat(second.commitArchive(others), is(instanceOf(Nothing.class)));
    }

    assertThat(offsets(), contains(LakeFixture.row("20", "20", "0", "19")));
  }

  @Test
  void aSliceThatIsReportedTwiceIsInOnce() throws IOException {
    try (LakeRun run = start()) {
      RunReport twice =
          RunReport.of(List.of(archive(run, 0, 5))).join(RunReport.of(List.of(archive(run, 0, 5))));
      run.commitArchive(twice.tables().get(0));
    }

    assertThat(offsets(), contains(LakeFixture.row("5", "5", "0", "4")));
  }

  @Test
  void whatARunHasAddedStaysWhenItEndsAndWhatItHasNotGoes() throws IOException {
    try (LakeRun run = start()) {
      run.commitArchive(archive(run, 0, 5));
      archive(run, 5, 9);
    }

    assertThat(offsets(), contains(LakeFixture.row("5", "5", "0", "4")));
    assertThat(
        Directories.files(Path.of(lake.config().location(RecordArchive.TABLE), "data")).stream()
            .filter(file -> file.toString().endsWith(".parquet"))
            .toList(),
        hasSize(1));
  }

  @Test
  void compactionLeavesAFileAnHourWithTheSameRecords() throws IOException {
    for (int part = 0; part < 5; part++) {
      try (LakeRun run = start()) {
        run.commitArchive(archive(run, part * 10L, part * 10L + 10));
      }
    }

    CompactArchive.run(lake);
    lake.compact(UpkeepSettings.DEFAULT);

    assertThat(archive().dataFiles(), hasSize(2));
    assertThat(offsets(), contains(LakeFixture.row("50", "50", "0", "49")));
  }

  @Test
  void compactionGoesOnWhenOlderVersionsHaveExpired() throws IOException {
    for (int round = 0; round < 2; round++) {
      for (int part = 0; part < 2; part++) {
        long from = round * 20L + part * 10L;
        try (LakeRun run = start()) {
          run.commitArchive(archive(run, from, from + 10));
        }
      }

      assertThat(CompactArchive.run(lake), greaterThan(1));
      lake.compact(new UpkeepSettings(1, Duration.ZERO));
    }

    assertThat(offsets(), contains(LakeFixture.row("40", "40", "0", "39")));
  }

  @Test
  void aFileThatAnEngineWroteAnewIsReadAsBefore() throws IOException {
    try (LakeRun run = start()) {
      run.commitArchive(archive(run, 0, 10));
    }

    BaseTable table = table();
    Path anew = warehouse.resolve("anew.parquet");
    try (FileAppender<Record> writer =
        Parquet.write(Files.localOutput(anew.toFile()))
            .schema(table.schema())
            .createWriterFunc(type -> GenericParquetWriter.create(table.schema(), type))
            .build()) {
      RecordFile.read(archive().dataFiles().get(0), record -> writer.add(row(table, record)));
    }

    List<String> before = new ArrayList<>();
    RecordFile.read(archive().dataFiles().get(0), record -> before.add(text(record)));
    List<String> after = new ArrayList<>();
    RecordFile.read(anew.toString(), record -> after.add(text(record)));
    assertThat(before, hasSize(10));
    assertThat(after, is(before));
  }

  /** As Iceberg has it. */
  private static Record row(BaseTable table, LogRecord record) {
    GenericRecord row = GenericRecord.create(table.schema());
    row.setField("topic", record.topic());
    row.setField("partition", record.partition());
    row.setField("offset", record.offset());
    Instant time = Instant.ofEpochMilli(Objects.requireNonNull(record.timestampMillis()));
    row.setField("timestamp", time.atOffset(ZoneOffset.UTC));
    row.setField("key", buffer(record.key()));
    row.setField("value", buffer(record.value()));
    List<Record> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      GenericRecord added =
          GenericRecord.create(table.schema().findType("headers.element").asStructType());
      added.setField("name", header.name());
      added.setField("value", buffer(header.value()));
      headers.add(added);
    }

    row.setField("headers", headers);
    return row;
  }

  private static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }

  private static String text(LogRecord record) {
    return record.offset()
        + " "
        + record.timestampMillis()
        + " "
        + Arrays.toString(record.key())
        + " "
        + Arrays.toString(record.value())
        + " "
        + record.headers().stream()
            .map(header -> header.name() + "=" + Arrays.toString(header.value()))
            .toList();
  }

  private BaseTable table() {
    return new BaseTable(Objects.requireNonNull(lake.catalog().load(RecordArchive.TABLE)), "a");
  }

  @Test
  void recordsThatAnEngineHasDeletedBesideTheirFileDoNotComeBack() throws IOException {
    for (int part = 0; part < 2; part++) {
      try (LakeRun run = start()) {
        run.commitArchive(archive(run, part * 10L, part * 10L + 10));
      }
    }

    BaseTable table = table();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      DataFile file = tasks.iterator().next().file();
      DeleteFile deletes =
          FileMetadata.deleteFileBuilder(table.spec())
              .ofPositionDeletes()
              .withPath(warehouse.resolve("deletes.parquet").toString())
              .withPartition(file.partition())
              .withFileSizeInBytes(100)
              .withRecordCount(1)
              .build();
      table.newRowDelta().addDeletes(deletes).commit();
    }

    assertThat(CompactArchive.run(lake), is(0));
    assertThat(archive().dataFiles(), hasSize(2));
    ArchiveSelection all = new ArchiveSelection(Set.of("shop.orders"), null, null);
    IOException refused = assertThrows(IOException.class, () -> archive().files(all));
    assertThat(refused.getMessage(), containsString("an engine has deleted records"));
  }

  @Test
  void aSelectionNamesFilesOfItsHoursOnly() throws IOException {
    try (LakeRun run = start()) {
      run.commitArchive(archive(run, 0, 40));
    }

    ArchiveSelection late =
        new ArchiveSelection(Set.of("shop.orders"), Instant.parse("2026-11-25T08:05:00Z"), null);

    assertThat(archive().topics(), is(Set.of("shop.orders")));
    assertThat(archive().files(late), hasSize(1));
    assertThat(late.contains(record(34)), is(false));
    assertThat(late.contains(record(35)), is(true));
  }
}
