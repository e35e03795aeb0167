package org.anabranch.transforms.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.anabranch.model.Generated;
import org.anabranch.model.ModelChange;
import org.anabranch.model.ModelTable;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.Generations;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Changes cut into several runs, in any order, some twice: the stored table is the model's. */
class IncrementalMergeTest {

  private static final String TABLE = EncodedChanges.TABLE;
  private static final String HISTORY = TABLE + MergeConfig.HISTORY_SUFFIX;
  private static final int SEEDS = 300;
  private static final List<RewriteRule> RULES =
      List.of(
          new RewriteRule(Long.MAX_VALUE, 1, 0),
          new RewriteRule(0, 1, 1000),
          new RewriteRule(0, 3, 4));

  @Test
  void currentRowsAreThoseOfTheModel() {
    mergesInRunsAsTheModel(generated -> generated.changes(40), Set.of());
  }

  @Test
  void historiesAreThoseOfTheModel() {
    mergesInRunsAsTheModel(generated -> generated.changes(40), Set.of(TABLE));
  }

  @Test
  void rowsWhoseKeysChangedAreThoseOfTheModel() {
    mergesInRunsAsTheModel(generated -> generated.changesWithKeyChanges(40), Set.of(TABLE));
  }

  @Test
  void tablesThatGetOtherKeysInBetweenAreThoseOfTheModel() {
    Generated.forSeeds(
        SEEDS,
        generated -> {
          List<ModelChange> changes = generated.changesWithKeyChanges(40);
          MemoryStore store = MemoryStore.empty();
          int buckets = 1 + generated.below(4);
          for (List<ModelChange> part : parts(generated, changes)) {
            if (generated.oneIn(2)) {
              store.setOldKeys(generated.oneIn(4) ? HISTORY : TABLE);
            }

            MergeConfig config = config(generated, store).rekeying(Map.of());
            store.commit(run(config, generated, part, buckets), buckets);
          }

          ModelTable model = ModelTable.replay(changes);
          assertThat(sorted(store, TABLE), is(ModelRows.current(model)));
          assertThat(sorted(store, HISTORY), is(ModelRows.history(model)));
        });
  }

  /** Numbers, their text and other text in one key: as if all of it were text. */
  @Test
  void rowsWhoseKeysAreOfSeveralTypesAreThoseOfTheModel() {
    for (Set<String> histories : List.of(Set.<String>of(), Set.of(TABLE))) {
      Generated.forSeeds(
          SEEDS,
          generated -> {
            List<ModelChange> changes =
                histories.isEmpty() ? generated.changes(40) : generated.changesWithKeyChanges(40);
            MemoryStore store = MemoryStore.empty();
            int buckets = 1 + generated.below(4);
            for (List<ModelChange> part : parts(generated, changes)) {
              RewriteRule rule = RULES.get(generated.below(RULES.size()));
              MergeConfig config = new MergeConfig(store, histories, List.of(), rule);
              List<KV<TableBucket, byte[]>> batches =
                  EncodedChanges.arriving(
                      generated, part, buckets, EncodedChanges.Keys.OF_ANY_TYPE);
              store.commit(
                  LocalMerge.merge(config, EncodedChanges.schema(), batches, (bucket, batch) -> {}),
                  buckets);
              if (generated.oneIn(3)) {
                compact(store, histories);
              }
            }

            ModelTable model = ModelTable.replay(changes);
            assertThat(
                asText(sortedById(store.stored(TABLE))), is(plain(ModelRows.current(model))));
            if (!histories.isEmpty()) {
              assertThat(
                  asText(sortedById(store.stored(HISTORY))), is(plain(ModelRows.history(model))));
            }
          });
    }
  }

  private static List<Map<String, @Nullable Object>> sortedById(
      List<Map<String, @Nullable Object>> rows) {
    List<Map<String, @Nullable Object>> sorted = new ArrayList<>(rows);
    sorted.sort(Comparator.comparing(IncrementalMergeTest::idText));
    return sorted;
  }

  private static String idText(Map<String, @Nullable Object> row) {
    return Values.text(Objects.requireNonNull(row.get(EncodedChanges.ID)));
  }

  private static List<Map<String, @Nullable Object>> asText(
      List<Map<String, @Nullable Object>> rows) {
    rows.forEach(row -> row.put(EncodedChanges.ID, idText(row)));
    return rows;
  }

  private static List<Map<String, @Nullable Object>> plain(
      List<Map<String, @Nullable Object>> rows) {
    rows.forEach(
        row ->
            row.computeIfPresent(
                EncodedChanges.ID, (id, key) -> EncodedChanges.plainText((String) key)));
    return sortedById(rows);
  }

  private static void mergesInRunsAsTheModel(
      Function<Generated, List<ModelChange>> history, Set<String> histories) {
    Generated.forSeeds(
        SEEDS,
        generated -> {
          List<ModelChange> changes = history.apply(generated);
          MemoryStore store = MemoryStore.empty();
          int buckets = 1 + generated.below(4);
          for (List<ModelChange> part : parts(generated, changes)) {
            RewriteRule rule = RULES.get(generated.below(RULES.size()));
            MergeConfig config = new MergeConfig(store, histories, List.of(), rule);
            store.commit(run(config, generated, part, buckets), buckets);
            if (generated.oneIn(3)) {
              compact(store, histories);
            }
          }

          ModelTable model = ModelTable.replay(changes);
          assertThat(sorted(store, TABLE), is(ModelRows.current(model)));
          if (!histories.isEmpty()) {
            assertThat(sorted(store, HISTORY), is(ModelRows.history(model)));
          }
        });
  }

  /** All records stay: nothing is past its retention. */
  private static void compact(MemoryStore store, Set<String> histories) {
    try {
      List<WrittenFile> files = new ArrayList<>();
      for (String table : histories.isEmpty() ? List.of(TABLE) : List.of(TABLE, HISTORY)) {
        for (int bucket = -1; bucket < store.buckets().getOrDefault(table, -1); bucket++) {
          files.addAll(CompactBucket.of(store, table, bucket, Map.of(), bucket % 2 == 0));
        }
      }

      for (WrittenFile file : files) {
        TableReport report =
            new TableReport(file.table(), List.of(), Schema.EMPTY, List.of(file), Map.of());
        store.commit(RunReport.of(List.of(report)), store.buckets().get(file.table()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void changesThatDoNothingAreCounted() {
    Position first = new Position("db", 1, 1, 0, "log", 0, 1);
    Position second = new Position("db", 1, 2, 0, "log", 0, 2);
    ModelChange image = ModelChange.image(first, "k", Map.of("a", "x"));
    ModelChange newer = ModelChange.image(second, "k", Map.of("a", "y"));
    ModelChange gone = ModelChange.delete(first, "gone");
    for (Set<String> histories : List.of(Set.<String>of(), Set.of(TABLE))) {
      MemoryStore store = MemoryStore.empty();
      assertThat(duplicates(store, histories, image, newer, gone), is(0L));
      assertThat(duplicates(store, histories, newer, image, gone), is(3L));
      Position third = new Position("db", 1, 3, 0, "log", 0, 3);
      ModelChange newest = ModelChange.image(third, "k", Map.of("a", "z"));
      ModelChange again =
          ModelChange.image(new Position("db", 1, 3, 0, "log", 0, 3), "k", Map.of("a", "z"));
      assertThat(duplicates(store, histories, newest, again), is(1L));
    }
  }

  private static long duplicates(MemoryStore store, Set<String> histories, ModelChange... changes) {
    RowBatch.Writer batch = new RowBatch.Writer(64);
    Arrays.stream(changes).forEach(change -> EncodedChanges.addTo(batch, change));
    RunReport report =
        LocalMerge.merge(
            new MergeConfig(store, histories, List.of(), RULES.get(0)),
            EncodedChanges.schema(),
            List.of(KV.of(new TableBucket(TABLE, 0), batch.toByteArray())),
            (bucket, projected) -> {});
    store.commit(report, 1);
    TableReport table = report.table(TABLE);
    return table == null ? 0 : table.count(TableReport.DUPLICATES);
  }

  @Test
  void deletesPastTheirRetentionAreForgottenAndTheRowsStay() throws IOException {
    MemoryStore store = MemoryStore.empty();
    MergeConfig config = new MergeConfig(store, Set.of(), List.of());
    Generated generated = new Generated(1);
    Position old = new Position("db", 1, 1, 0, "log", 0, 1);
    Position young = new Position("db", 1, 9, 0, "log", 0, 9);
    List<ModelChange> changes =
        List.of(
            ModelChange.delete(old, "gone"),
            ModelChange.delete(young, "going"),
            ModelChange.image(young, "k", Map.of("a", "x")));
    store.commit(run(config, generated, changes, 1), 1);
    List<WrittenFile> files =
        CompactBucket.of(store, TABLE, 0, Map.of("db", EncodedChanges.timeMicros(young)), true);
    TableReport compacted = new TableReport(TABLE, List.of(), Schema.EMPTY, files, Map.of());
    store.commit(RunReport.of(List.of(compacted)), 1);
    Versions kept = new Versions(Generations.NONE);
    store.open(TABLE, EncodedChanges.schema(), 0).kept(kept::addKept);
    assertThat(kept.size(), is(1));
    assertThat(kept.key(0), is(EncodedChanges.encodedKey("going")));
    assertThat(store.stored(TABLE).size(), is(1));
  }

  @Test
  void writersThatGetInEachOthersWayEndInTheRowsOfTheModel() {
    Generated.forSeeds(
        SEEDS,
        generated -> {
          List<ModelChange> changes = generated.changesWithKeyChanges(40);
          MemoryStore store = MemoryStore.empty();
          List<List<ModelChange>> parts = parts(generated, changes);
          for (int i = 0; i < parts.size(); i += 2) {
            MemoryStore then = store.snapshot();
            int now = then.buckets().getOrDefault(TABLE, 2);
            RunReport ours = run(config(generated, then), generated, parts.get(i), now);
            if (i + 1 < parts.size()) {
              int buckets = store.buckets().getOrDefault(TABLE, 3);
              RunReport other = run(config(generated, then), generated, parts.get(i + 1), buckets);
              store.commit(other, buckets);
              int all = store.buckets().getOrDefault(TABLE, 2);
              Set<Integer> changed = new TreeSet<>();
              for (String name : List.of(TABLE, HISTORY)) {
                TableReport table = other.table(name);
                if (table != null) {
                  table.files().forEach(file -> changed.add(file.bucket()));
                }
              }

              boolean countsAllAsChanged = generated.below(2) == 0 || all != now;
              for (int bucket = 0; countsAllAsChanged && bucket < all; bucket++) {
                changed.add(bucket);
              }

              if (store.buckets().containsKey(TABLE)) {
                ours = again(config(generated, store), then, ours, changed);
              }
            }

            store.commit(ours, store.buckets().getOrDefault(TABLE, 2));
          }

          ModelTable model = ModelTable.replay(changes);
          assertThat(sorted(store, TABLE), is(ModelRows.current(model)));
          assertThat(sorted(store, HISTORY), is(ModelRows.history(model)));
        });
  }

  private static RunReport again(
      MergeConfig config, MemoryStore then, RunReport ours, Set<Integer> changed) {
    try {
      int buckets = config.store().buckets().get(TABLE);
      // Rounds of one row, where rows may belong to any bucket.
      return MergeAgain.of(config, then, ours, TABLE, buckets, changed, 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MergeConfig config(Generated generated, MemoryStore store) {
    RewriteRule rule = RULES.get(generated.below(RULES.size()));
    return new MergeConfig(store, Set.of(TABLE), List.of(), rule);
  }

  @Test
  void mergingTheSameChangesAgainWritesNothing() {
    Generated.forSeeds(
        50,
        generated -> {
          List<ModelChange> changes = generated.changes(40);
          MemoryStore store = MemoryStore.empty();
          for (int run = 0; run < 3; run++) {
            MergeConfig config =
                new MergeConfig(
                    store, Set.of(TABLE), List.of(), RULES.get(generated.below(RULES.size())));
            boolean isTruncating =
                changes.stream().anyMatch(change -> change.kind() == ModelChange.Kind.TRUNCATE);
            RunReport report = run(config, generated, changes, 2);
            if (run > 0 && !isTruncating) {
              List<TableReport> written =
                  report.tables().stream().filter(table -> !table.files().isEmpty()).toList();
              assertThat(written, is(empty()));
            }

            store.commit(report, 2);
          }
        });
  }

  /** All changes, cut into runs that overlap. */
  private static List<List<ModelChange>> parts(Generated generated, List<ModelChange> changes) {
    List<List<ModelChange>> parts = new ArrayList<>();
    int count = 1 + generated.below(5);
    for (int i = 0; i < count; i++) {
      parts.add(new ArrayList<>());
    }

    for (ModelChange change : generated.shuffled(changes)) {
      parts.get(generated.below(count)).add(change);
      if (generated.oneIn(4)) {
        parts.get(generated.below(count)).add(change);
      }
    }

    return parts;
  }

  private static RunReport run(
      MergeConfig config, Generated generated, List<ModelChange> changes, int buckets) {
    List<KV<TableBucket, byte[]>> batches = EncodedChanges.arriving(generated, changes, buckets);
    return LocalMerge.merge(config, EncodedChanges.schema(), batches, (bucket, batch) -> {});
  }

  private static List<Map<String, @Nullable Object>> sorted(MemoryStore store, String table) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>(store.stored(table));
    rows.sort(Comparator.comparing(row -> (String) row.get(EncodedChanges.ID)));
    return rows;
  }
}
