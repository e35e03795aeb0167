package org.anabranch.lake;

import static org.anabranch.lake.LakeFixture.TABLE;
import static org.anabranch.lake.LakeFixture.read;
import static org.anabranch.lake.LakeFixture.row;
import static org.anabranch.lake.LakeFixture.schema;
import static org.anabranch.lake.LakeFixture.slices;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Generated;
import org.anabranch.model.JsonText;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeStoreTest {

  private static final Schema SIMPLE = schema("id", "bigint", "v", "string");
  private static final List<String> ID = List.of("id");
  private static final List<String> BOTH = List.of("id", "v");

  private static final Schema EVERY_TYPE =
      schema(
          "an id", "bigint",
          "b", "boolean",
          "i", "int",
          "d", "double",
          "n9", "decimal(9,2)",
          "n18", "decimal(18,4)",
          "n38", "decimal(38,3)",
          "dt", "date",
          "t", "time",
          "ts", "timestamp",
          "tz", "timestamptz",
          "x.y", "bytes",
          "u", "uuid",
          "j", "json",
          "2 s", "string",
          "nil", "null",
          "li", "list<int>",
          "ls", "list<string>",
          "ln", "list<decimal(5,1)>",
          "ll", "list<list<bigint>>");

  private static final List<@Nullable Object> FULL =
      row(
          Long.MIN_VALUE,
          true,
          -7L,
          2.5,
          new BigDecimal("-1234567.89"),
          new BigDecimal("-12345678901234.5678"),
          new BigDecimal("-99999999999999999999999999999999999.999"),
          LocalDate.parse("1969-12-31"),
          LocalTime.parse("23:59:59.123456"),
          LocalDateTime.parse("1969-12-31T23:59:59.999999"),
          Instant.parse("2026-01-02T03:04:05.000006Z"),
          ByteBuffer.wrap(new byte[] {0, -1, 'a'}),
          "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
          "{\"a\":1}",
          "naïve 日本 😀",
          null,
          row(1L, null, 3L),
          row("a", null, "bc"),
          row(new BigDecimal("1.5"), new BigDecimal("-2.5")),
          row(row(1L), List.of(), null));

  @TempDir Path directory;
  private LakeFixture lake;

  @BeforeEach
  void makeLake() {
    lake = new LakeFixture(directory);
  }

  @Test
  void everyTypeComesBack() throws IOException {
    List<@Nullable Object> nulls = new ArrayList<>(Collections.nCopies(FULL.size(), null));
    nulls.set(0, 1L);
    lake.add(EVERY_TYPE, 3, List.of(FULL, nulls));

    List<String> names = EVERY_TYPE.columns().stream().map(Schema.Column::name).toList();
    StoredBucket bucket = lake.open(3);
    assertThat(read(bucket.scan(List.of("an id"), names), names.size()), contains(FULL, nulls));
    assertThat(read(bucket.sorted(List.of("an id"), names), names.size()), contains(FULL, nulls));
    assertThat(bucket.rows(), is(2L));
    assertThat(bucket.files(), is(1));
  }

  @Test
  void everyTypeIsReadByIceberg() throws IOException {
    lake.add(EVERY_TYPE, 3, List.of(FULL));

    Record record = lake.records().get(0);
    assertThat(record.getField("n9"), equalTo(FULL.get(4)));
    assertThat(record.getField("n18"), equalTo(FULL.get(5)));
    assertThat(record.getField("n38"), equalTo(FULL.get(6)));
    assertThat(record.getField("t"), equalTo(FULL.get(8)));
    assertThat(record.getField("ts"), equalTo(FULL.get(9)));
    assertThat(((OffsetDateTime) record.getField("tz")).toInstant(), equalTo(FULL.get(10)));
    assertThat(record.getField("x.y"), equalTo(FULL.get(11)));
    assertThat(record.getField("2 s"), equalTo(FULL.get(14)));
    assertThat(record.getField("li"), equalTo(row(1, null, 3)));
    assertThat(record.getField("ll"), equalTo(FULL.get(19)));
    assertThat(record.getField("_ab_bucket"), equalTo(3));
  }

  @Test
  void everyTypeIsReadByAnotherEngine() throws IOException {
    lake.add(EVERY_TYPE, 3, List.of(FULL));

    String file = dataFiles().get(0).toString();
    assertThat(
        DuckDb.query("SELECT column_type FROM (DESCRIBE SELECT * FROM '" + file + "')").stream()
            .map(row -> row.get(0))
            .toList()
            .subList(0, 20),
        contains(
            "BIGINT",
            "BOOLEAN",
            "INTEGER",
            "DOUBLE",
            "DECIMAL(9,2)",
            "DECIMAL(18,4)",
            "DECIMAL(38,3)",
            "DATE",
            "TIME",
            "TIMESTAMP",
            "TIMESTAMP WITH TIME ZONE",
            "BLOB",
            "VARCHAR",
            "VARCHAR",
            "VARCHAR",
            "VARCHAR",
            "INTEGER[]",
            "VARCHAR[]",
            "DECIMAL(5,1)[]",
            "BIGINT[][]"));
    assertThat(
        DuckDb.query(
            "SELECT COLUMNS(*)::VARCHAR FROM read_parquet('"
                + file
                + "', hive_partitioning = false)"),
        contains(
            row(
                "-9223372036854775808",
                "true",
                "-7",
                "2.5",
                "-1234567.89",
                "-12345678901234.5678",
                "-99999999999999999999999999999999999.999",
                "1969-12-31",
                "23:59:59.123456",
                "1969-12-31 23:59:59.999999",
                "2026-01-02 03:04:05.000006+00",
                "\\x00\\xFFa",
                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
                "{\"a\":1}",
                "naïve 日本 😀",
                null,
                "[1, NULL, 3]",
                "[a, NULL, bc]",
                "[1.5, -2.5]",
                "[[1], [], NULL]",
                "3")));
  }

  @Test
  void valuesOfNarrowerTypesBecomeTheTypeOfTheColumn() throws IOException {
    Schema schema =
        schema(
            "a", "double", "b", "decimal(20,3)", "c", "decimal(9,2)", "d", "bigint", "e", "string");
    lake.add(
        schema,
        0,
        List.of(
            row(3L, 3L, 3L, new BigDecimal("3.00"), 3L),
            row(new BigDecimal("4.5"), new BigDecimal("-1.5"), new BigDecimal("-1.5"), 1L, true)));

    assertThat(
        read(lake.open(0).scan(List.of("d"), List.of("a", "b", "c", "d", "e")), 5),
        contains(
            row(3.0, new BigDecimal("3.000"), new BigDecimal("3.00"), 3L, "3"),
            row(4.5, new BigDecimal("-1.500"), new BigDecimal("-1.50"), 1L, "true")));
  }

  /** Whatever a value of a type can be, it is stored, read, and has a text for people. */
  @Test
  void theExtremesOfEveryTypeComeBack() throws IOException {
    Schema schema =
        schema(
            "id",
            "bigint",
            "dt",
            "date",
            "t",
            "time",
            "ts",
            "timestamp",
            "tz",
            "timestamptz",
            "d",
            "double",
            "n",
            "decimal(38,38)",
            "s",
            "string");
    List<List<@Nullable Object>> rows =
        List.of(
            row(
                Long.MIN_VALUE,
                LocalDate.ofEpochDay(Integer.MIN_VALUE),
                LocalTime.MIN,
                LocalDateTime.ofInstant(Values.instant(Long.MIN_VALUE + 1), ZoneOffset.UTC),
                Values.instant(Long.MIN_VALUE + 1),
                -Double.MAX_VALUE,
                new BigDecimal("-0." + "9".repeat(38)),
                "-0." + "9".repeat(100_000)),
            row(
                Long.MAX_VALUE,
                LocalDate.ofEpochDay(Integer.MAX_VALUE),
                LocalTime.MAX.truncatedTo(ChronoUnit.MICROS),
                LocalDateTime.ofInstant(Values.instant(Long.MAX_VALUE), ZoneOffset.UTC),
                Values.instant(Long.MAX_VALUE),
                Double.MIN_VALUE,
                new BigDecimal("0." + "9".repeat(38)),
                ""));
    lake.add(schema, 0, rows);

    List<String> names = schema.columns().stream().map(Schema.Column::name).toList();
    assertThat(read(lake.open(0).sorted(ID, names), names.size()), equalTo(rows));
    assertThat(lake.records().size(), is(2));
    rows.forEach(row -> row.forEach(value -> assertThat(JsonText.of(value), not(emptyString()))));
    rows.forEach(row -> row.forEach(value -> assertThat(Values.text(value), notNullValue())));
  }

  @Test
  void booleansAmongNumbersAreOneAndZero() throws IOException {
    Schema schema =
        schema(
            "id",
            "bigint",
            "i",
            "int|boolean",
            "l",
            "bigint|boolean",
            "d",
            "double|boolean",
            "n",
            "decimal(5,2)|boolean",
            "s",
            "string|boolean|number",
            "t",
            "string|boolean");
    lake.add(
        schema,
        0,
        List.of(
            row(1L, true, false, true, true, true, true),
            row(2L, 5L, 6L, 7.5, new BigDecimal("1.5"), "true", "false"),
            row(3L, false, true, false, false, "trues", 1L)));

    assertThat(
        read(lake.open(0).sorted(ID, List.of("i", "l", "d", "n", "s", "t")), 6),
        contains(
            row(1L, 0L, 1.0, new BigDecimal("1.00"), "1", "true"),
            row(5L, 6L, 7.5, new BigDecimal("1.50"), "1", "false"),
            row(0L, 1L, 0.0, new BigDecimal("0.00"), "trues", "1")));
  }

  @Test
  void aValueThatDoesNotFitIsRefusedWithItsColumn() throws IOException {
    BucketWriter writer = lake.store().write(TABLE, schema("a", "int"), 0);

    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> writer.add(slices(row("x"))));

    assertThat(refused.getMessage(), containsString("column 'a'"));
    writer.abandon();
    assertThat(dataFiles(), empty());
  }

  @Test
  void onlyTheColumnsAskedForAreReadInTheOrderOfTheRequest() throws IOException {
    Schema schema = schema("k1", "string", "a", "bigint", "k2", "date", "b", "list<int>");
    lake.add(schema, 0, List.of(row("x", 1L, LocalDate.EPOCH, row(5L))));

    List<String> key = List.of("k2", "k1");
    KeyWriter expected = new KeyWriter();
    expected.add(new ByteReader(Values.encode(LocalDate.EPOCH)));
    expected.add(new ByteReader(Values.encode("x")));
    for (List<String> columns :
        List.of(List.<String>of(), List.of("b", "a"), List.of("a", "nobody", "k1"))) {
      try (RowCursor cursor = lake.open(0).scan(key, columns)) {
        assertThat(cursor.next(), is(true));
        Map<String, @Nullable Object> all = new TreeMap<>();
        all.put("a", 1L);
        all.put("k1", "x");
        all.put("b", row(5L));
        assertThat(
            LakeFixture.values(cursor, columns.size()),
            equalTo(columns.stream().<@Nullable Object>map(all::get).toList()));
        assertThat(
            Arrays.copyOf(cursor.key(), cursor.keyLength()), equalTo(expected.toByteArray()));
        assertThat(cursor.next(), is(false));
      }
    }

    assertThat(
        read(lake.open(0).scan(List.of(), List.of("nobody")), 1), contains(row((Object) null)));
  }

  @Test
  void aColumnThatAFileDoesNotHaveIsNull() throws IOException {
    lake.add(schema("id", "bigint"), 0, List.of(row(1L)));
    lake.add(SIMPLE, 0, List.of(row(2L, "two")));

    assertThat(
        read(lake.open(0).sorted(ID, List.of("v", "id")), 2),
        contains(row(null, 1L), row("two", 2L)));
  }

  @Test
  void runsAddDeleteAndReplaceRowsAsAMapDoes() {
    Generated.forSeeds(8, this::checkRuns);
  }

  private void checkRuns(Generated generated) {
    try {
      LakeFixture random = new LakeFixture(directory.resolve("seed" + System.nanoTime()));
      TreeMap<Long, @Nullable String> model = new TreeMap<>();
      for (int run = 0; run < 6; run++) {
        LakeStore store = random.store();
        StoredBucket bucket = store.open(TABLE, SIMPLE, 0);
        BucketWriter writer = store.write(TABLE, SIMPLE, 0);
        boolean replaces = generated.oneIn(5);
        TreeMap<Long, @Nullable String> added = new TreeMap<>();
        for (int i = generated.below(60); i > 0; i--) {
          added.put((long) generated.below(100) - 50, generated.oneIn(5) ? null : generated.text());
        }

        if (replaces) {
          writer.replace();
          model.clear();
        }

        try (RowCursor cursor = generated.oneIn(2) ? bucket.scan(ID, ID) : bucket.sorted(ID, ID)) {
          while (cursor.next()) {
            Long id = (Long) LakeFixture.values(cursor, 1).get(0);
            boolean dies = added.containsKey(id) || generated.oneIn(4);
            if (dies && !replaces) {
              writer.delete(cursor.address());
              model.remove(id);
            }
          }
        }

        model.putAll(added);
        for (Map.Entry<Long, @Nullable String> entry : added.entrySet()) {
          writer.add(slices(row(entry.getKey(), entry.getValue())));
        }

        random.commit(SIMPLE, writer.close());
        check(random, model);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void check(LakeFixture random, Map<Long, @Nullable String> model)
      throws IOException {
    List<List<@Nullable Object>> expected = new ArrayList<>();
    model.forEach((id, text) -> expected.add(row(id, text)));
    StoredBucket bucket = random.open(0);
    assertThat(bucket.rows(), is((long) model.size()));
    assertThat(read(bucket.sorted(ID, BOTH), 2), equalTo(expected));
    assertThat(sorted(read(bucket.scan(ID, BOTH), 2)), equalTo(expected));
    assertThat(
        sorted(
            random.records().stream()
                .map(record -> row(record.getField("id"), record.getField("v")))
                .toList()),
        equalTo(expected));
  }

  private static List<List<@Nullable Object>> sorted(List<List<@Nullable Object>> rows) {
    return rows.stream().sorted((a, b) -> Long.compare((Long) a.get(0), (Long) b.get(0))).toList();
  }

  @Test
  void bucketsAreKeptApart() throws IOException {
    lake.add(SIMPLE, 0, List.of(row(1L, "a")));
    lake.add(SIMPLE, TableStore.MOVED, List.of(row(2L, "b")));

    assertThat(read(lake.open(0).scan(ID, BOTH), 2), contains(row(1L, "a")));
    assertThat(read(lake.open(TableStore.MOVED).scan(ID, BOTH), 2), contains(row(2L, "b")));
    assertThat(read(lake.open(7).sorted(ID, BOTH), 2), empty());
    assertThat(lake.open(7).rows(), is(0L));
    assertThat(lake.open(7).files(), is(0));
    assertThat(lake.store().hasMoved(TABLE), is(true));
  }

  @Test
  void aTableThatIsNotStoredIsEmpty() throws IOException {
    LakeStore store = lake.store();

    assertThat(store.schema(TABLE), equalTo(Schema.EMPTY));
    assertThat(store.key(TABLE), empty());
    assertThat(store.buckets().getOrDefault(TABLE, 0), is(0));
    assertThat(store.hasMoved(TABLE), is(false));
    assertThat(store.isMoved(TABLE, new byte[] {1}), is(false));
    assertThat(read(store.open(TABLE, SIMPLE, 0).scan(ID, BOTH), 2), empty());
    assertThat(store.write(TABLE, SIMPLE, 0).close(), empty());
  }

  @Test
  void aStoredTableTellsItsSchemaAndKeyToWorkers() throws IOException {
    Schema schema = schema("a\tb", "decimal(10,2)", "v", "list<time>");
    lake.add(schema, 0, List.of(row(new BigDecimal("1.50"), null)));

    LakeStore store = SerializableUtils.clone(lake.store());

    assertThat(store.schema(TABLE), equalTo(schema));
    assertThat(store.key(TABLE), contains("a\tb"));
    assertThat(store.buckets().getOrDefault(TABLE, 0), is(1));
    assertThat(store.open(TABLE, schema, 0).rows(), is(1L));
  }

  @Test
  void everyAttemptHasFilesOfItsOwnAndAnAbandonedOneLeavesNone() throws IOException {
    LakeStore store = lake.store();
    WrittenFile first = attempt(store).close().get(0);
    WrittenFile again = attempt(store).close().get(0);
    attempt(store).abandon();

    assertThat(first.content(), is(not(again.content())));
    assertThat(first.rows(), is(1L));
    assertThat(dataFiles(), hasSize(2));
    assertThat(files(".bin"), hasSize(2));
    assertThat(files(".crc").stream().filter(file -> !isMetadata(file)).toList(), empty());
    lake.commit(SIMPLE, List.of(again));
    assertThat(read(lake.open(0).scan(ID, BOTH), 2), contains(row(1L, "a")));
  }

  private static boolean isMetadata(Path file) {
    return file.toString().contains("/metadata/");
  }

  private static BucketWriter attempt(LakeStore store) throws IOException {
    BucketWriter writer = store.write(TABLE, SIMPLE, 0);
    writer.add(slices(row(1L, "a")));
    writer.keep(batch(1L));
    return writer;
  }

  @Test
  void theSizeToldIsThatOfAllFiles() throws IOException {
    WrittenFile written = attempt(lake.store()).close().get(0);

    long expected = Files.size(dataFiles().get(0)) + Files.size(files(".bin").get(0));
    assertThat(written.bytes(), is(expected));
    FileContent content = FileContent.fromJson(written.content());
    assertThat(FileContent.fromJson(content.toJson()), equalTo(content));
    assertThat(content.replaces(), is(false));
    lake.commit(SIMPLE, List.of(written));
    DataFile file = (DataFile) LakeFixture.parse(content.data().get(0), lake.table().spec());
    assertThat(file.recordCount(), is(1L));
    assertThat(file.fileSizeInBytes(), is(Files.size(dataFiles().get(0))));
    assertThat(file.lowerBounds().keySet(), not(empty()));
  }

  @Test
  void keptBatchesComeBackAndTheirKeysAreThoseOfMovedRows() throws IOException {
    BucketWriter writer = lake.store().write(TABLE, SIMPLE, TableStore.MOVED);
    writer.keep(batch(1L, 2L));
    writer.keep(batch(3L));
    List<WrittenFile> written = writer.close();
    assertThat(written.get(0).rows(), is(0L));
    lake.commit(SIMPLE, written);

    List<byte[]> kept = new ArrayList<>();
    lake.open(TableStore.MOVED).kept(kept::add);
    assertThat(kept, contains(batch(1L, 2L), batch(3L)));
    assertThat(FileContent.fromJson(written.get(0).content()).kept().get(0).records(), is(3L));
    LakeStore store = lake.store();
    assertThat(store.hasMoved(TABLE), is(true));
    assertThat(store.isMoved(TABLE, key(2L)), is(true));
    assertThat(store.isMoved(TABLE, key(4L)), is(false));
    lake.open(0).kept(batch -> kept.clear());
    assertThat(kept, hasSize(2));
  }

  @Test
  void aDamagedSegmentIsNotReadAsAShorterOne() throws IOException {
    BucketWriter writer = lake.store().write(TABLE, SIMPLE, 0);
    writer.keep(batch(1L));
    writer.keep(batch(2L));
    lake.commit(SIMPLE, writer.close());
    Path file = files(".bin").get(0);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));

    assertThrows(IOException.class, () -> lake.open(0).kept(batch -> {}));
  }

  private static byte[] batch(Long... ids) {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    for (Long id : ids) {
      KeyWriter key = new KeyWriter();
      key.add(new ByteReader(Values.encode(id)));
      batch.delete(new Position("db", 1, id, 0, "log", 0, id), 0, key);
    }

    return batch.toByteArray();
  }

  private static byte[] key(long id) {
    KeyWriter key = new KeyWriter();
    key.add(new ByteReader(Values.encode(id)));
    return key.toByteArray();
  }

  @Test
  void aFileOfAnotherEngineIsSortedFirst() throws IOException {
    lake.add(SIMPLE, 0, List.of(row(2L, "two"), row(4L, "four")));
    addForeign(row(5L, "five"), row(1L, "one"), row(3L, null));

    assertThat(
        read(lake.open(0).sorted(ID, BOTH), 2),
        contains(row(1L, "one"), row(2L, "two"), row(3L, null), row(4L, "four"), row(5L, "five")));

    LakeStore store = lake.store();
    BucketWriter writer = store.write(TABLE, SIMPLE, 0);
    try (RowCursor cursor = store.open(TABLE, SIMPLE, 0).sorted(ID, ID)) {
      while (cursor.next()) {
        if ((Long) LakeFixture.values(cursor, 1).get(0) % 2 == 1) {
          writer.delete(cursor.address());
        }
      }
    }

    lake.commit(SIMPLE, writer.close());
    assertThat(read(lake.open(0).sorted(ID, BOTH), 2), contains(row(2L, "two"), row(4L, "four")));
  }

  @SafeVarargs
  private void addForeign(List<@Nullable Object>... rows) throws IOException {
    var table = lake.table();
    var partition = new org.apache.iceberg.PartitionData(table.spec().partitionType());
    partition.set(0, 0);
    DataWriter<Record> writer =
        Parquet.writeData(table.io().newOutputFile(table.location() + "/data/00000-theirs.parquet"))
            .forTable(table)
            .withPartition(partition)
            .createWriterFunc(GenericParquetWriter::create)
            .build();
    try (writer) {
      for (List<@Nullable Object> row : rows) {
        GenericRecord record = GenericRecord.create(table.schema());
        record.setField("id", row.get(0));
        record.setField("v", row.get(1));
        record.setField("_ab_bucket", 0);
        writer.write(record);
      }
    }

    table.newAppend().appendFile(writer.toDataFile()).commit();
  }

  @Test
  void rowsOutOfOrderAreNoticed() throws IOException {
    lake.add(SIMPLE, 0, List.of(row(2L, "two"), row(1L, "one")));

    IllegalStateException refused =
        assertThrows(IllegalStateException.class, () -> read(lake.open(0).sorted(ID, BOTH), 2));
    assertThat(refused.getMessage(), containsString("in the order of their keys"));
  }

  @Test
  void equalityDeletesAreRefusedWithTheTable() throws IOException {
    lake.add(SIMPLE, 0, List.of(row(1L, "a")));
    var table = lake.table();
    table
        .newRowDelta()
        .addDeletes(
            FileMetadata.deleteFileBuilder(table.spec())
                .ofEqualityDeletes(1)
                .withPath(table.location() + "/data/eq.parquet")
                .withFormat(FileFormat.PARQUET)
                .withPartitionPath("_ab_bucket=0")
                .withFileSizeInBytes(10)
                .withRecordCount(1)
                .build())
        .commit();

    IllegalStateException refused = assertThrows(IllegalStateException.class, () -> lake.open(0));
    assertThat(
        refused.getMessage(), allOf(containsString("'t'"), containsString("equality deletes")));
  }

  @Test
  void deletionVectorsAreRefusedWithTheTable() throws IOException {
    lake.add(SIMPLE, 0, List.of(row(1L, "a")));
    var table = lake.table();
    table.updateProperties().set("format-version", "3").commit();
    table
        .newRowDelta()
        .addDeletes(
            FileMetadata.deleteFileBuilder(table.spec())
                .ofPositionDeletes()
                .withPath(table.location() + "/data/dv.puffin")
                .withFormat(FileFormat.PUFFIN)
                .withPartitionPath("_ab_bucket=0")
                .withReferencedDataFile(dataFiles().get(0).toString())
                .withContentOffset(4)
                .withContentSizeInBytes(4)
                .withFileSizeInBytes(10)
                .withRecordCount(1)
                .build())
        .commit();

    IllegalStateException refused = assertThrows(IllegalStateException.class, () -> lake.open(0));
    assertThat(
        refused.getMessage(), allOf(containsString("'t'"), containsString("deletion vectors")));
  }

  @Test
  void theKeysOfEveryRowMustBeThere() throws IOException {
    lake.add(SIMPLE, 0, List.of(row(null, "a")));

    assertThrows(IllegalStateException.class, () -> read(lake.open(0).scan(ID, BOTH), 2));
  }

  @Test
  void aRunReadsTheVersionItBeganWith() throws IOException {
    lake.add(SIMPLE, 0, List.of(row(1L, "a")));
    LakeStore before = lake.store();
    lake.add(SIMPLE, 0, List.of(row(2L, "b")));

    assertThat(read(before.open(TABLE, SIMPLE, 0).scan(ID, BOTH), 2), contains(row(1L, "a")));
  }

  private List<Path> dataFiles() throws IOException {
    List<Path> files = files(".parquet");
    assertThat(
        files.stream().map(file -> file.getFileName().toString().substring(0, 3)).toList(),
        everyItem(equalTo("ab-")));
    return files;
  }

  private List<Path> files(String end) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(file -> file.toString().endsWith(end)).toList();
    }
  }
}
