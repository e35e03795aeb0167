package org.anabranch.transforms.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.TableFacts;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A table that is by its {@code id} gets the key {@code tenant+id}, or the other way round. */
class RekeyingTest {

  private static final String TABLE = EncodedChanges.TABLE;
  private static final List<String> ONE = List.of("id");
  private static final List<String> TWO = List.of("tenant", "id");
  private static final int BUCKETS = 3;
  private static final Schema SCHEMA =
      Schema.of(
          List.of(
              new Column("id", Type.INT64, 0),
              new Column("tenant", Type.STRING, 1),
              new Column("v", Type.STRING, 2)));

  private final MemoryStore store = MemoryStore.empty();
  private final List<KV<TableBucket, byte[]>> changes = new ArrayList<>();

  private void image(List<String> key, long at, long id, @Nullable String tenant, String v) {
    ByteWriter values = new ByteWriter(64);
    Values.writeInt(values, id);
    Values.write(values, tenant);
    Values.writeString(values, v);
    KeyWriter keyWriter = key(key, id, tenant);
    RowBatch.Writer batch = new RowBatch.Writer(64);
    batch.image(
        position(at),
        at,
        keyWriter,
        List.of("id", "tenant", "v"),
        values.buffer(),
        0,
        values.size());
    changes.add(KV.of(new TableBucket(TABLE, keyWriter.bucket(BUCKETS)), batch.toByteArray()));
  }

  private void delete(List<String> key, long at, long id, @Nullable String tenant) {
    KeyWriter keyWriter = key(key, id, tenant);
    RowBatch.Writer batch = new RowBatch.Writer(64);
    batch.delete(position(at), at, keyWriter);
    changes.add(KV.of(new TableBucket(TABLE, keyWriter.bucket(BUCKETS)), batch.toByteArray()));
  }

  private static Position position(long at) {
    return new Position("db", at, at, 0, "log", 0, at);
  }

  private static KeyWriter key(List<String> columns, long id, @Nullable String tenant) {
    KeyWriter key = new KeyWriter();
    for (String column : columns) {
      key.add(new ByteReader(Values.encode(column.equals("id") ? (Object) id : tenant)));
    }

    return key;
  }

  /** Merges the changes so far; gives what people have to know. */
  private Map<String, Long> run(List<String> key, Set<String> histories) {
    RunReport report = merge(key, histories);
    RunReport keyed =
        store.key(TABLE).isEmpty()
            ? RunReport.of(report.tables().stream().map(table -> withKey(table, key)).toList())
            : report;
    store.commit(keyed, BUCKETS);
    return Objects.requireNonNull(report.table(TABLE)).counts();
  }

  private RunReport merge(List<String> key, Set<String> histories) {
    MergeConfig config = new MergeConfig(store, histories, List.of()).rekeying(Map.of(TABLE, key));
    RunReport report =
        LocalMerge.merge(config, SCHEMA, List.copyOf(changes), (bucket, batch) -> {});
    changes.clear();
    return report;
  }

  private static TableReport withKey(TableReport table, List<String> key) {
    return new TableReport(
        table.table(), key, table.schema(), table.files(), table.counts(), table.progress());
  }

  private List<String> rows(String table) {
    return store.stored(table).stream()
        .map(row -> row.get("tenant") + "/" + row.get("id") + "=" + row.get("v"))
        .toList();
  }

  @Test
  void rowsAreMergedUnderTheirNewKey() {
    for (long id = 1; id <= 6; id++) {
      image(ONE, id, id, id % 2 == 0 ? "a" : "b", "v" + id);
    }

    run(ONE, Set.of());
    image(TWO, 10, 1, "b", "new");
    image(TWO, 11, 1, "a", "other row");
    delete(TWO, 12, 2, "a");
    run(TWO, Set.of());
    assertThat(store.key(TABLE), is(TWO));
    assertThat(
        rows(TABLE),
        containsInAnyOrder("b/1=new", "a/1=other row", "b/3=v3", "a/4=v4", "b/5=v5", "a/6=v6"));

    // Later runs find the rows under the new key, whatever the bucket.
    for (long id = 3; id <= 6; id++) {
      image(TWO, 20 + id, id, id % 2 == 0 ? "a" : "b", "w" + id);
    }

    run(TWO, Set.of());
    assertThat(
        rows(TABLE),
        containsInAnyOrder("b/1=new", "a/1=other row", "b/3=w3", "a/4=w4", "b/5=w5", "a/6=w6"));
  }

  @Test
  void aDeleteKeepsItsForceWhereTheOldKeyTellsTheNewOne() {
    image(TWO, 1, 1, "a", "x");
    delete(TWO, 5, 2, "a");
    run(TWO, Set.of());
    image(ONE, 3, 2, "a", "older than the delete");
    image(ONE, 4, 1, "a", "y");
    run(ONE, Set.of());
    assertThat(rows(TABLE), containsInAnyOrder("a/1=y"));
  }

  @Test
  void rowsThatComeToOneKeyAreMerged() {
    image(TWO, 1, 1, "a", "older");
    image(TWO, 2, 1, "b", "newer");
    image(TWO, 3, 2, "a", "gone");
    delete(TWO, 4, 2, "b");
    run(TWO, Set.of());
    run(ONE, Set.of());
    assertThat(rows(TABLE), containsInAnyOrder("b/1=newer"));
  }

  @Test
  void deletesWhoseNewKeyIsNotKnownAreTold() {
    image(ONE, 1, 1, "a", "x");
    delete(ONE, 2, 2, null);
    run(ONE, Set.of());
    Map<String, Long> counts = run(TWO, Set.of());
    assertThat(rows(TABLE), containsInAnyOrder("a/1=x"));
    assertThat(
        counts.get(
            TableReport.NOTE
                + "deletes whose new key is not known are forgotten: an older change of their rows"
                + " would bring them back"),
        is(1L));
  }

  @Test
  void historiesComeAlongAndAreMadeAnewForRowsThatChange() {
    image(ONE, 1, 1, "a", "v1");
    image(ONE, 2, 1, "a", "v2");
    image(ONE, 3, 2, "b", "w1");
    delete(ONE, 4, 2, null);
    run(ONE, Set.of(TABLE));
    image(TWO, 5, 1, "a", "v3");
    image(TWO, 6, 2, "b", "w2");
    run(TWO, Set.of(TABLE));
    assertThat(
        rows(TABLE + MergeConfig.HISTORY_SUFFIX),
        containsInAnyOrder("a/1=v1", "a/1=v2", "a/1=v3", "b/2=w1", "b/2=w2"));
    assertThat(rows(TABLE), containsInAnyOrder("a/1=v3", "b/2=w2"));
  }

  @Test
  void aTableWithRowsThatHaveNoNewKeyStaysAsItIs() {
    image(ONE, 1, 1, "a", "x");
    image(ONE, 2, 2, null, "y");
    run(ONE, Set.of());
    RunReport report = merge(TWO, Set.of());
    TableFacts facts = Objects.requireNonNull(report.table(TABLE)).facts();
    String refusal = String.join("; ", facts.values(TableFacts.REFUSED));
    assertThat(
        refusal, containsString("table 'items' is refused: it cannot get the key tenant+id"));
    assertThat(refusal, containsString("{tenant=1}"));
    assertThat(store.key(TABLE), is(ONE));
  }
}
