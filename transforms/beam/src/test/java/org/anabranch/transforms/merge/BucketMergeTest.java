package org.anabranch.transforms.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.is;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Generated;
import org.anabranch.model.ModelChange;
import org.anabranch.model.ModelTable;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BucketMergeTest {

  private static final String TABLE = EncodedChanges.TABLE;
  private static final String HISTORY = TABLE + MergeConfig.HISTORY_SUFFIX;
  private static final int SEEDS = 200;

  @Test
  void mergesAsTheModelReplays() {
    mergesAsTheModel(generated -> generated.changes(40));
  }

  @Test
  void carriesValuesOverKeyChangesAsTheModelReplays() {
    mergesAsTheModel(generated -> generated.changesWithKeyChanges(40));
  }

  @Test
  void followsRowsWhoseKeysChangeAgainAndAgain() {
    mergesAsTheModel(generated -> amongFewKeys(generated.changesWithKeyChanges(40)));
  }

  @Test
  void ordersChangesWithoutSourcePositionByTheirPlaceInTheLog() {
    mergesAsTheModel(
        generated -> withoutSourcePositions(amongFewKeys(generated.changesWithKeyChanges(40))));
  }

  private static void mergesAsTheModel(Function<Generated, List<ModelChange>> history) {
    Generated.forSeeds(
        SEEDS,
        generated -> {
          List<ModelChange> changes = history.apply(generated);
          ModelTable model = ModelTable.replay(changes);
          int buckets = 1 + generated.below(4);
          RunReport report =
              merge(
                  EncodedChanges.schema(),
                  Set.of(TABLE),
                  EncodedChanges.arriving(generated, changes, buckets));
          assertThat(sorted(report, TABLE), is(ModelRows.current(model)));
          assertThat(sorted(report, HISTORY), is(ModelRows.history(model)));
          assertThat(
              sorted(mergeCurrent(EncodedChanges.arriving(generated, changes, buckets)), TABLE),
              is(ModelRows.current(model)));
          MemoryStore.files(report, TABLE).forEach(BucketMergeTest::requireOrder);
        });
  }

  private static void requireOrder(List<Map<String, @Nullable Object>> file) {
    List<Map<String, @Nullable Object>> sorted = new ArrayList<>(file);
    sorted.sort(byKey());
    assertThat(file, is(sorted));
  }

  /** Lets rows move onto each other's keys, and some key changes be delivered again. */
  private static List<ModelChange> amongFewKeys(List<ModelChange> changes) {
    List<ModelChange> mapped = new ArrayList<>();
    for (ModelChange change : changes) {
      String oldKey = change.oldKey();
      if (oldKey == null) {
        mapped.add(change);
        continue;
      }

      int number = Integer.parseInt(oldKey.substring(1));
      int distance = 1 + Integer.parseInt(change.key().substring(1)) % 4;
      String key = "k" + (number + distance) % 5;
      Position position = change.position();
      mapped.add(ModelChange.moved(position, key, change.values(), oldKey));
      if (number % 2 == 0) {
        mapped.add(ModelChange.delete(later(position, 2000), oldKey));
        mapped.add(ModelChange.moved(later(position, 2001), key, change.values(), oldKey));
      }
    }

    return mapped;
  }

  private static Position later(Position first, long more) {
    return new Position(
        first.source(),
        first.major(),
        first.minor(),
        first.row(),
        first.log(),
        first.partition(),
        first.offset() + more);
  }

  private static List<ModelChange> withoutSourcePositions(List<ModelChange> changes) {
    return changes.stream()
        .map(
            change -> {
              Position at = change.position();
              Position place = new Position("", 0, 0, 0, at.log(), at.partition(), at.offset());
              return new ModelChange(
                  change.kind(), place, change.key(), change.values(), change.oldKey());
            })
        .toList();
  }

  @Test
  void deleteAndImageAtOnePositionLeaveTheImageInWhateverOrderTheyCome() {
    RowBatch.Writer imageFirst = new RowBatch.Writer(64);
    image(imageFirst, at(1), "k", "a", "x");
    imageFirst.delete(at(1), 1, EncodedChanges.key("k"));
    RowBatch.Writer deleteFirst = new RowBatch.Writer(64);
    deleteFirst.delete(at(1), 1, EncodedChanges.key("k"));
    image(deleteFirst, at(1), "k", "a", "x");
    for (RowBatch.Writer batch : List.of(imageFirst, deleteFirst)) {
      RunReport report = mergeWithHistory(batch);
      assertThat(MemoryStore.rows(report, TABLE), contains(hasEntry("a", "x")));
      assertThat(MemoryStore.rows(report, HISTORY), contains(hasEntry("a", "x")));
      assertThat(
          MemoryStore.rows(mergeCurrent(batches(batch)), TABLE), contains(hasEntry("a", "x")));
    }
  }

  @Test
  void twoImagesAtOnePositionJoinToTheSameInWhateverOrderTheyCome() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    image(batch, at(1), "k", "a", "x");
    image(batch, at(1), "k", "a", "y");
    image(batch, at(1), "l", "a", "y");
    image(batch, at(1), "l", "a", "x");
    assertThat(
        MemoryStore.rows(mergeCurrent(batches(batch)), TABLE),
        contains(hasEntry("a", "y"), hasEntry("a", "y")));
  }

  @Test
  void timesOfAHistoryNeverRunBackwards() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    imageAt(batch, at(1), 5_000_000, "k", "a", "x");
    imageAt(batch, at(2), 3_000_000, "k", "a", "y");
    imageAt(batch, at(3), 7_000_000, "k", "a", "z");
    List<Map<String, @Nullable Object>> rows = MemoryStore.rows(mergeWithHistory(batch), HISTORY);
    assertThat(
        rows.stream().map(row -> row.get("valid_from")).toList(),
        contains(Instant.ofEpochSecond(5), Instant.ofEpochSecond(5), Instant.ofEpochSecond(7)));
    assertThat(
        rows.stream().map(row -> row.get("is_current")).toList(), contains(false, false, true));
  }

  @Test
  void deleteBetweenEqualImagesKeepsTheirHistoriesApart() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    image(batch, at(1), "k", "a", "x");
    image(batch, at(2), "k", "a", "x");
    batch.delete(at(3), EncodedChanges.timeMicros(at(3)), EncodedChanges.key("k"));
    image(batch, at(4), "k", "a", "x");
    List<Map<String, @Nullable Object>> rows = MemoryStore.rows(mergeWithHistory(batch), HISTORY);
    assertThat(
        rows.stream().map(row -> row.get("valid_from")).toList(),
        contains(Instant.ofEpochSecond(1), Instant.ofEpochSecond(4)));
    assertThat(rows.get(0), hasEntry("valid_to", Instant.ofEpochSecond(3)));
  }

  @Test
  void nullAndAbsentLookTheSameInAHistory() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    image(batch, at(1), "k", "a", null);
    image(batch, at(2), "k", "b", null);
    assertThat(MemoryStore.rows(mergeWithHistory(batch), HISTORY).size(), is(1));
  }

  @Test
  void carriedNullLooksLikeANullInAHistory() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    image(batch, at(1), "old", "a", null);
    batch.delete(at(2), EncodedChanges.timeMicros(at(2)), EncodedChanges.key("old"));
    move(batch, at(3), "old", "new", "a");
    image(batch, at(4), "new", "a", null);
    RunReport report = mergeWithHistory(batch);
    assertThat(
        MemoryStore.rows(report, HISTORY).stream().map(row -> row.get("id")).toList(),
        containsInAnyOrder("old", "new"));
  }

  @Test
  void rowsThatMovedFromOneKeyAtDifferentTimesDoNotLookTheSame() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    image(batch, at(1), "old", "a", "x");
    move(batch, at(2), "old", "new", "a");
    image(batch, at(3), "old", "a", "y");
    move(batch, at(4), "old", "new", "a");
    List<Map<String, @Nullable Object>> rows = MemoryStore.rows(mergeWithHistory(batch), HISTORY);
    assertThat(
        rows.stream().filter(row -> "new".equals(row.get("id"))).map(row -> row.get("a")).toList(),
        contains("x", "y"));
  }

  @Test
  void rowOfABaseHasNoPositionEvenWhereItsKeyIsTakenOverLater() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    byte[] values = encoded("new", "v");
    batch.base(EncodedChanges.key("new"), List.of("id", "a"), values, 0, values.length);
    image(batch, at(1), "old", "a", "x");
    move(batch, at(2), "old", "new", "a");
    List<Map<String, @Nullable Object>> rows =
        MemoryStore.rows(mergeWithHistory(batch), HISTORY).stream()
            .filter(row -> "new".equals(row.get("id")))
            .toList();
    assertThat(
        rows.stream().map(row -> row.get(TableOutput.POSITION)).toList(),
        contains(null, at(2).toString()));
    assertThat(rows.get(0).get("valid_from"), is((Object) null));
  }

  @Test
  void keyChangeWithoutTheRowAtTheOldKeyLeavesNullAndARemark() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    move(batch, at(2), "old", "new", "a");
    RunReport report = mergeWithHistory(batch);
    assertThat(MemoryStore.rows(report, TABLE).get(0).get("a"), is((Object) null));
    assertThat(note(report, "`a` was never sent: null"), is(1L));
  }

  @Test
  void holesThatStayAndColumnsThatAreMissingAreRemarkedOn() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    byte[] values = {Values.STRING, 1, 'k', Values.UNAVAILABLE};
    batch.imageWithHoles(
        at(1), 1, EncodedChanges.key("k"), List.of("id", "a"), values, 0, values.length);
    image(batch, at(1), "l", "b", "x");
    RunReport report = mergeCurrent(batches(batch));
    assertThat(note(report, "`a` was never sent: null"), is(1L));
    assertThat(note(report, "`b` is not in the newest image: null"), is(1L));
    assertThat(note(report, "`a` is not in the newest image: null"), is(1L));
    assertThat(note(report, "`d` is not in the newest image: null"), is(2L));
  }

  @Test
  void tableOfWhichNothingIsLeftHasNoRows() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    image(batch, at(1), "k", "a", "x");
    batch.truncate(at(2), 2);
    RunReport report = mergeCurrent(batches(batch));
    assertThat(MemoryStore.rows(report, TABLE), is(empty()));
  }

  @Test
  void columnsOfTheSourceKeepTheirNamesBesideOurs() {
    List<String> names =
        List.of("id", "valid_from", "_ab_valid_from", "is_current", TableOutput.POSITION);
    List<Column> columns = new ArrayList<>();
    names.forEach(name -> columns.add(new Column(name, Type.STRING, columns.size())));
    RowBatch.Writer batch = new RowBatch.Writer(64);
    byte[] values = encoded("k", "1", "2", "3", "4");
    batch.image(at(1), 1_000_000, EncodedChanges.key("k"), names, values, 0, values.length);
    RunReport report = merge(Schema.of(columns), Set.of(TABLE), batches(batch));
    Map<String, Object> expected = new TreeMap<>();
    expected.put("id", "k");
    expected.put("valid_from", "1");
    expected.put("_ab_valid_from", "2");
    expected.put("is_current", "3");
    expected.put(TableOutput.POSITION, "4");
    expected.put("_ab__ab_position", at(1).encode(1_000_000));
    assertThat(MemoryStore.rows(report, TABLE), contains(expected));
    expected.put("_ab__ab_position", at(1).toString());
    expected.put("_ab__ab_valid_from", Instant.ofEpochSecond(1));
    expected.put("valid_to", null);
    expected.put("_ab_is_current", true);
    assertThat(MemoryStore.rows(report, HISTORY), contains(expected));
  }

  @Test
  void rowsFeedProjections() {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    image(batch, at(1), "k", "a", "x");
    image(batch, at(2), "l", "a", null);
    Projection projection = new Projection(TABLE, List.of("a", "z", "id"), "step", "a", 4);
    MergeConfig config = new MergeConfig(MemoryStore.empty(), Set.of(), List.of(projection));
    Map<TableBucket, byte[]> projected = new HashMap<>();
    RunReport report = merge(config, EncodedChanges.schema(), batches(batch), projected::put);
    assertThat(MemoryStore.rows(report, TABLE).size(), is(2));
    assertThat(
        projected.keySet(), contains(new TableBucket("step", EncodedChanges.key("x").bucket(4))));
    RowBatch.Reader row = new RowBatch.Reader(projected.values().iterator().next());
    assertThat(row.next(), is(true));
    assertThat(row.log(), is(TABLE));
    assertThat(row.columns(), contains("a", "z", "id"));
    assertThat(row.key(), is(EncodedChanges.encodedKey("x")));
    byte[] values = {Values.STRING, 1, 'x', Values.NULL, Values.STRING, 1, 'k'};
    int from = row.payloadOffset();
    assertThat(Arrays.copyOfRange(row.buffer(), from, from + row.payloadLength()), is(values));
    assertThat(row.next(), is(false));
  }

  private static long note(RunReport report, String text) {
    TableReport table = report.table(TABLE);
    return table == null ? 0 : table.count(TableReport.NOTE + text);
  }

  private static Position at(long minor) {
    return new Position("db", 1, minor, 0, "log", 0, minor);
  }

  private static void image(
      RowBatch.Writer batch, Position position, String id, String column, @Nullable Object value) {
    imageAt(batch, position, EncodedChanges.timeMicros(position), id, column, value);
  }

  private static void imageAt(
      RowBatch.Writer batch,
      Position position,
      long timeMicros,
      String id,
      String column,
      @Nullable Object value) {
    byte[] values = encoded(id, value);
    batch.image(
        position,
        timeMicros,
        EncodedChanges.key(id),
        List.of("id", column),
        values,
        0,
        values.length);
  }

  /** The row is now at another key; the value of the column is the one it had. */
  private static void move(
      RowBatch.Writer batch, Position position, String from, String to, String column) {
    ModelChange change = ModelChange.moved(position, to, Map.of(column, ModelChange.HOLE), from);
    EncodedChanges.addTo(batch, change);
  }

  private static byte[] encoded(@Nullable Object... values) {
    ByteWriter out = new ByteWriter(64);
    for (Object value : values) {
      Values.write(out, value);
    }

    return out.toByteArray();
  }

  private static List<KV<TableBucket, byte[]>> batches(RowBatch.Writer batch) {
    return List.of(KV.of(new TableBucket(TABLE, 0), batch.toByteArray()));
  }

  private static RunReport mergeWithHistory(RowBatch.Writer batch) {
    return merge(EncodedChanges.schema(), Set.of(TABLE), batches(batch));
  }

  private static RunReport mergeCurrent(List<KV<TableBucket, byte[]>> batches) {
    return merge(EncodedChanges.schema(), Set.of(), batches);
  }

  private static RunReport merge(
      Schema schema, Set<String> histories, List<KV<TableBucket, byte[]>> batches) {
    MergeConfig config = new MergeConfig(MemoryStore.empty(), histories, List.of());
    return merge(config, schema, batches, (bucket, batch) -> {});
  }

  /** As {@link MergeBuckets} does, without a runner. */
  private static RunReport merge(
      MergeConfig config,
      Schema schema,
      List<KV<TableBucket, byte[]>> batches,
      BiConsumer<TableBucket, byte[]> projected) {
    return LocalMerge.merge(config, schema, batches, projected);
  }

  private static List<Map<String, @Nullable Object>> sorted(RunReport report, String table) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>(MemoryStore.rows(report, table));
    rows.sort(byKey());
    return rows;
  }

  private static Comparator<Map<String, @Nullable Object>> byKey() {
    return Comparator.comparing(row -> (String) row.get(EncodedChanges.ID));
  }
}
