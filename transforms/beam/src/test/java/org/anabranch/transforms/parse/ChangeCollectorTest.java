package org.anabranch.transforms.parse;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.TableFacts;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChangeCollectorTest {

  private static final String TABLE = "orders";
  private static final List<String> KEY = List.of("id");
  private static final List<String> COLUMNS = List.of("id", "v");
  private static final Position AT = new Position("db", 1, 1, 0, "log", 0, 7);
  private static final Object HOLE = new Object();
  private static final int BUCKETS = 4;
  private static final long RECORDED = 1_700_000_000_000_000L;

  private final Map<TableBucket, List<byte[]>> batches = new HashMap<>();
  private final ChangeCollector collector =
      new ChangeCollector(
          BucketCounts.all(BUCKETS),
          RECORDED,
          (bucket, batch) ->
              batches.computeIfAbsent(bucket, added -> new ArrayList<>()).add(batch));

  @Test
  void everyBundleTellsTheFactsOfItsTablesWithoutCountingThem() {
    String shard = "s=1";
    for (int bundle = 0; bundle < 2; bundle++) {
      collector.fact(TABLE, TableFacts.SHARD, shard);
      image(1, null, 10L);
      collector.fact(TABLE, TableFacts.SHARD, "s=2");
      collector.fact(TABLE, TableFacts.SHARD, shard);
      image(2, null, 10L);
      TableReport report = Objects.requireNonNull(collector.finish().table(TABLE));

      assertThat(report.facts().values(), is(Map.of(TableFacts.SHARD, Set.of("s=1", "s=2"))));
      assertThat(report.count(TableReport.READ), is(2L));
    }
  }

  @Test
  void manyFactsOfATableAreNotKept() {
    for (int i = 0; i < 1000; i++) {
      collector.fact(TABLE, TableFacts.SHARD, "s=" + (1000 + i * 7 % 1000));
    }

    TableReport report = Objects.requireNonNull(collector.finish().table(TABLE));
    assertThat(report.facts().values(TableFacts.SHARD).size(), is(TableFacts.MAX_VALUES));
    assertThat(report.facts().values(TableFacts.SHARD).first(), is("s=1000"));
  }

  @Test
  void everyRecordIsReadAndMergedOrIgnoredOrDead() {
    image(1, null, 10L);
    image(2, null, 10L);
    base(3, 10L);
    collector.delete(TABLE, AT, 0, key(1L), KEY);
    collector.truncate(TABLE, AT, 0);
    collector.carried(TABLE, AT, 0, key(1L).toByteArray(), key(2L).toByteArray());
    collector.ignored(TABLE, ChangeOutput.TOMBSTONE);
    dead(TABLE, 1, "{");
    collector.ignored(null, ChangeOutput.HEARTBEAT);
    dead(null, 2, "x");
    RunReport report = collector.finish();

    assertThat(
        counts(report, TABLE),
        is(
            Map.of(
                TableReport.READ,
                7L,
                TableReport.DEAD_OF + "invalid-json",
                1L,
                TableReport.MERGED,
                5L,
                TableReport.DELETED,
                2L,
                TableReport.IGNORED,
                1L,
                TableReport.DEAD,
                1L)));
    assertThat(
        counts(report, ""),
        is(
            Map.of(
                TableReport.READ,
                2L,
                TableReport.DEAD_OF + "invalid-json",
                1L,
                TableReport.MERGED,
                0L,
                TableReport.DELETED,
                0L,
                TableReport.IGNORED,
                1L,
                TableReport.DEAD,
                1L)));
    for (TableReport table : report.tables()) {
      assertThat(
          table.table(),
          table.count(TableReport.READ),
          is(
              table.count(TableReport.MERGED)
                  + table.count(TableReport.IGNORED)
                  + table.count(TableReport.DEAD)));
    }
  }

  private static Map<String, Long> counts(RunReport report, String table) {
    return Objects.requireNonNull(report.table(table)).counts();
  }

  @Test
  void collectorIsEmptyAfterItsReport() {
    image(1, null, 10L);
    collector.finish();
    batches.clear();
    RunReport report = collector.finish();
    assertThat(batches.keySet(), is(empty()));
    assertThat(
        report.tables().stream().mapToLong(table -> table.count(TableReport.READ)).sum(), is(0L));
  }

  @Test
  void batchLeavesWhenItHolds64KiB() {
    String kilobyte = "x".repeat(1024);
    for (int i = 0; i < 1000; i++) {
      image(i, null, kilobyte);
    }

    List<byte[]> full = batches.values().stream().flatMap(List::stream).toList();
    assertThat(full.size(), is(greaterThanOrEqualTo(1000 / 64 - BUCKETS)));
    for (byte[] batch : full) {
      assertThat(
          batch.length, is(allOf(greaterThanOrEqualTo(64 << 10), lessThan((64 << 10) + 1200))));
    }

    collector.finish();
    Set<Object> ids = new HashSet<>();
    batches.forEach((bucket, parts) -> parts.forEach(part -> addIds(bucket.bucket(), part, ids)));
    assertThat(ids.size(), is(1000));
  }

  private static void addIds(int bucket, byte[] batch, Set<Object> ids) {
    RowBatch.Reader in = new RowBatch.Reader(batch);
    while (in.next()) {
      assertThat(
          KeyWriter.bucket(in.buffer(), in.keyOffset(), in.keyLength(), BUCKETS), is(bucket));
      ids.add(Objects.requireNonNull(values(in).get(0)));
    }
  }

  @Test
  void typesFollowFromTheValuesAndAreJoined() {
    assertThat(inferred(1L, null), is(Type.INT64));
    assertThat(inferred(1L << 53, 1L), is(Type.INT64));
    assertThat(inferred(1L, -1L - (1L << 53)), is(Type.WIDE_INT64));
    assertThat(inferred(10.5, 0.25), is(Type.doubleOf(2, 2)));
    assertThat(inferred(1e30, 0.25e-10), is(Type.DOUBLE));
    assertThat(inferred(1L, 2.5), is(Type.doubleOf(19, 1)));
    assertThat(inferred(new BigDecimal("12.5"), 0.25), is(Type.decimal(4, 2)));
    assertThat(inferred(new BigDecimal("12.5"), new BigDecimal("1.125")), is(Type.decimal(5, 3)));
    assertThat(inferred(1L, new BigDecimal("1.5")), is(Type.decimal(20, 1)));
    assertThat(inferred(1L, "x"), is(Type.NUMBERS_AS_TEXT));
    assertThat(inferred(true, null), is(Type.BOOLEAN));
    assertThat(inferred(null, null), is(Type.NULL));
    assertThat(inferred(List.of(1L), List.of("x")), is(Type.listOf(Type.NUMBERS_AS_TEXT)));
    assertThat(inferred(true, 5L), is(Type.parse("bigint|boolean")));
    assertThat(inferred(true, "x"), is(Type.parse("string|boolean")));
    assertThat(inferred(Instant.EPOCH, HOLE), is(Type.TIMESTAMPTZ));
    assertThat(inferred(HOLE, HOLE), is(Type.NULL));
  }

  @Test
  void declaredTypeStaysUnlessAValueIsKeptAsText() {
    assertThat(declared(Type.INT32, 1L), is(Type.INT32));
    assertThat(declared(Type.INT32, (Object) null), is(Type.INT32));
    assertThat(declared(Type.UUID, "x"), is(Type.UUID));
    assertThat(declared(Type.INT64, Long.MAX_VALUE), is(Type.WIDE_INT64));
    assertThat(declared(Type.DOUBLE, 2.5), is(Type.DOUBLE));
    assertThat(declared(Type.TIMESTAMP, "infinity"), is(Type.STRING));
  }

  @Test
  void columnsOfSeveralShapesAreUnited() {
    images(List.of("id", "a"), null, 1L, "x");
    images(List.of("id", "b", "a"), null, 2L, 5L, null);
    images(List.of("b"), null, 2.5);
    assertThat(
        collector.finish().schema(TABLE).columns(),
        contains(
            new Column("b", Type.doubleOf(19, 1), 0),
            new Column("id", Type.INT64, 0),
            new Column("a", Type.STRING, 1)));
  }

  @Test
  void tableOfWhichOnlyDeletesWereSeenHasItsKeyColumns() {
    collector.delete(TABLE, AT, 0, key(1L), KEY);
    TableReport table = Objects.requireNonNull(collector.finish().table(TABLE));
    assertThat(table.key(), is(KEY));
    assertThat(table.schema().columns(), contains(new Column("id", Type.NULL, 1 << 20)));
  }

  @Test
  void imageWithAHoleIsMarkedAsSuch() {
    image(1, null, HOLE);
    image(1, null, 5L);
    collector.finish();
    List<Integer> kinds = new ArrayList<>();
    RowBatch.Reader in = new RowBatch.Reader(only(batches.values()));
    while (in.next()) {
      kinds.add(in.kind());
      assertThat(in.position(), is(AT));
      assertThat(in.timeMicros(), is(9L));
    }

    assertThat(kinds, contains(RowBatch.IMAGE_WITH_HOLES, RowBatch.IMAGE));
  }

  @Test
  void truncateReachesEveryBucket() {
    collector.truncate(TABLE, AT, 0);
    collector.finish();
    Set<TableBucket> all = new HashSet<>();
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      all.add(new TableBucket(TABLE, bucket));
    }

    assertThat(batches.keySet(), is(all));
  }

  @Test
  void requestForCarriedValuesGoesToTheBucketOfTheOldKey() {
    for (long id = 0; id < 20; id++) {
      byte[] oldKey = key(id).toByteArray();
      byte[] newKey = key(id + 100).toByteArray();
      collector.carried(TABLE, AT, 0, oldKey, newKey);
      collector.finish();
      assertThat(batches.keySet(), contains(new TableBucket(TABLE, key(id).bucket(BUCKETS))));
      RowBatch.Reader in = new RowBatch.Reader(only(batches.values()));
      assertThat(in.next(), is(true));
      assertThat(in.kind(), is(RowBatch.CARRY));
      assertThat(in.key(), is(oldKey));
      int from = in.payloadOffset();
      assertThat(Arrays.copyOfRange(in.buffer(), from, from + in.payloadLength()), is(newKey));
      batches.clear();
    }
  }

  @Test
  void deadLetterHoldsTheRecordAndWhyItIsOne() {
    byte[] raw = "..{..".getBytes(StandardCharsets.UTF_8);
    collector.dead(
        null,
        DeadLetterReason.INVALID_JSON,
        "cut off",
        new RawRecord("a.jsonl", 3, 40, 0, ByteBuffer.wrap(raw, 2, 1)));
    collector.finish();
    List<@Nullable Object> row = new ArrayList<>(deadRows().get(0));
    assertThat(row.remove(3) instanceof Long, is(true));
    assertThat(
        row,
        contains(
            "a.jsonl",
            3L,
            40L,
            null,
            "parse",
            "invalid-json",
            "cut off",
            null,
            ByteBuffer.wrap(new byte[] {'{'}),
            1L,
            null,
            Values.instant(RECORDED),
            "line",
            null,
            null,
            null,
            null,
            null,
            null));
    assertThat(DeadLetters.schema().columns().size(), is(DeadLetters.COLUMNS.size()));
  }

  @Test
  void deadLetterKnowsItsTableAndItsTimeWhereTheRecordDoes() {
    byte[] raw = {'{'};
    collector.dead(
        TABLE,
        DeadLetterReason.WRONG_TYPE,
        "v",
        new RawRecord("log", 0, 1, 5_000_000, ByteBuffer.wrap(raw)));
    collector.finish();
    List<@Nullable Object> row = deadRows().get(0);
    assertThat(row.get(DeadLetters.COLUMNS.indexOf("table")), is(TABLE));
    assertThat(row.get(DeadLetters.COLUMNS.indexOf("event_time")), is(Instant.ofEpochSecond(5)));
  }

  @Test
  void recordThatIsReadTwiceIsOneDeadLetter() {
    dead(TABLE, 5, "{");
    dead(TABLE, 5, "{");
    collector.finish();
    assertThat(deadRows().size(), is(2));
    assertThat(deadKeys().size(), is(1));
    assertThat(new HashSet<>(deadRows()).size(), is(1));
  }

  @Test
  void twoRecordsAtOneCoordinateAreTwoDeadLetters() {
    dead(TABLE, 5, "{");
    dead(TABLE, 5, "[");
    collector.finish();
    assertThat(deadKeys().size(), is(2));
  }

  @Test
  void deadLettersHaveTheSchemaTheyDeclare() {
    dead(TABLE, 5, "{");
    TableReport table = Objects.requireNonNull(collector.finish().table(DeadLetters.TABLE));
    assertThat(table.key(), is(DeadLetters.KEY));
    assertThat(table.schema().join(DeadLetters.schema()), is(DeadLetters.schema()));
  }

  private void dead(@Nullable String table, long offset, String raw) {
    byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
    collector.dead(
        table,
        DeadLetterReason.INVALID_JSON,
        "cut off",
        RawRecord.untimed("log", 0, offset, bytes));
  }

  private List<List<@Nullable Object>> deadRows() {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    deadBatches()
        .forEach(
            batch -> {
              RowBatch.Reader in = new RowBatch.Reader(batch);
              while (in.next()) {
                assertThat(in.columns(), is(DeadLetters.COLUMNS));
                rows.add(values(in));
              }
            });
    return rows;
  }

  private Set<byte[]> deadKeys() {
    Set<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
    deadBatches()
        .forEach(
            batch -> {
              RowBatch.Reader in = new RowBatch.Reader(batch);
              while (in.next()) {
                keys.add(in.key());
              }
            });
    return keys;
  }

  private List<byte[]> deadBatches() {
    return batches.entrySet().stream()
        .filter(entry -> entry.getKey().table().equals(DeadLetters.TABLE))
        .flatMap(entry -> entry.getValue().stream())
        .toList();
  }

  private static byte[] only(Iterable<List<byte[]>> all) {
    List<byte[]> flat = new ArrayList<>();
    all.forEach(flat::addAll);
    assertThat(flat.size(), is(1));
    return flat.get(0);
  }

  /** Type of the column v after rows with these values. */
  private Type inferred(@Nullable Object... values) {
    return type(null, values);
  }

  private Type declared(Type type, @Nullable Object... values) {
    return type(type, values);
  }

  private Type type(@Nullable Type declared, @Nullable Object... values) {
    @Nullable Type[] types = declared == null ? null : new @Nullable Type[] {null, declared};
    for (Object value : values) {
      image(1, types, value);
    }

    return Objects.requireNonNull(collector.finish().schema(TABLE).column("v")).type();
  }

  private void image(long id, @Nullable Type @Nullable [] types, @Nullable Object value) {
    images(COLUMNS, types, id, value);
  }

  private void images(
      List<String> columns, @Nullable Type @Nullable [] types, @Nullable Object... values) {
    ByteBuffer row = ByteBuffer.wrap(row(values));
    collector.image(TABLE, AT, 9, new RowImage(key(values[0]), KEY, columns, types, row));
  }

  private void base(long id, @Nullable Object value) {
    ByteBuffer row = ByteBuffer.wrap(row(id, value));
    collector.base(TABLE, new RowImage(key(id), KEY, COLUMNS, null, row));
  }

  private static byte[] row(@Nullable Object... values) {
    ByteWriter row = new ByteWriter(64);
    for (Object value : values) {
      if (value == HOLE) {
        row.writeByte(Values.UNAVAILABLE);
      } else {
        Values.write(row, value);
      }
    }

    return row.toByteArray();
  }

  private static KeyWriter key(@Nullable Object value) {
    KeyWriter key = new KeyWriter();
    key.add(new ByteReader(Values.encode(value)));
    return key;
  }

  private static List<@Nullable Object> values(RowBatch.Reader in) {
    ByteReader reader =
        new ByteReader(in.buffer()).reset(in.buffer(), in.payloadOffset(), in.payloadLength());
    List<@Nullable Object> values = new ArrayList<>();
    while (reader.hasMore()) {
      values.add(Values.read(reader));
    }

    return values;
  }
}
