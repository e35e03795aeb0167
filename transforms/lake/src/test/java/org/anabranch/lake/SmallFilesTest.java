package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.KEY;
import static org.anabranch.lake.TestLake.report;
import static org.anabranch.lake.TestLake.rows;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.lessThanOrEqualTo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.lake.CommitResult.Committed;
import org.anabranch.model.Generated;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.RowSlices;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many patches of a bucket leave few files, with the rows of a map that is changed in their way.
 */
class SmallFilesTest {

  private static final int ROWS = 2_000;
  private static final int PATCHES = 14;

  @TempDir Path directory;

  @Test
  void manyPatchesLeaveFewFilesAndTheRowsOfAMap() {
    Generated.forSeeds(2, this::patch);
  }

  private void patch(Generated generated) {
    TreeMap<Long, String> model = new TreeMap<>();
    try (Lake lake = Lake.at(LakeConfig.at(directory.resolve("at" + System.nanoTime())))) {
      TreeMap<Long, String> base = new TreeMap<>();
      for (long id = 0; id < ROWS; id++) {
        base.put(2 * id, "base");
      }

      commit(lake, model, base, List.of());
      for (int patch = 0; patch < PATCHES; patch++) {
        TreeMap<Long, String> added = new TreeMap<>();
        for (int i = generated.below(40); i > 0; i--) {
          added.put((long) generated.below(3 * ROWS), "patch" + patch);
        }

        List<Long> removed = new ArrayList<>();
        for (int i = generated.below(20); i > 0; i--) {
          removed.add(generated.pick(new ArrayList<>(model.keySet())));
        }

        removed.removeAll(added.keySet());
        commit(lake, model, added, removed);
        LakeTable table = lake.table("orders");
        assertThat(rows(lake, "orders"), equalTo(texts(model)));
        assertThat(readByIceberg(lake), equalTo(model));
        assertThat(table.rows(), equalTo((long) model.size()));
        assertThat(table.dataFileCount(), lessThanOrEqualTo(6L));
        assertThat(table.deleteFileCount(), lessThanOrEqualTo(1L));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Puts and removes rows, in the table and in the model. */
  private static void commit(
      Lake lake, Map<Long, String> model, Map<Long, String> added, List<Long> removed)
      throws IOException {
    TreeSet<Long> gone = new TreeSet<>(removed);
    gone.addAll(added.keySet());
    try (LakeRun run = lake.startRun(BUCKETS)) {
      TableStore store = run.store();
      BucketWriter writer = store.write("orders", TestLake.COLUMNS, 1);
      try (RowCursor stored = store.open("orders", TestLake.COLUMNS, 1).scan(KEY, KEY)) {
        while (stored.next()) {
          if (gone.contains((Long) LakeFixture.values(stored, 1).get(0))) {
            writer.delete(stored.address());
          }
        }
      }

      for (Map.Entry<Long, String> row : added.entrySet()) {
        RowSlices slices = new RowSlices(2);
        slices.set(0, Values.encode(row.getKey()), 0);
        slices.set(1, Values.encode(row.getValue()), 0);
        writer.add(slices);
      }

      List<WrittenFile> files = writer.close();
      assertThat(
          run.commit(report("orders", files.toArray(WrittenFile[]::new))),
          instanceOf(files.isEmpty() ? CommitResult.class : Committed.class));
    }

    model.keySet().removeAll(gone);
    model.putAll(added);
  }

  private static Map<Long, String> readByIceberg(Lake lake) throws IOException {
    TreeMap<Long, String> found = new TreeMap<>();
    Table table = new BaseTable(Objects.requireNonNull(lake.catalog().load("orders")), "orders");
    try (CloseableIterable<Record> all = IcebergGenerics.read(table).build()) {
      for (Record row : all) {
        found.merge(
            (Long) row.getField("id"), (String) row.getField("name"), (left, right) -> "twice");
      }
    }

    return found;
  }

  private static List<String> texts(Map<Long, String> model) {
    List<String> texts = new ArrayList<>();
    model.forEach((id, name) -> texts.add(id + "=" + name));
    return texts;
  }
}
