package org.anabranch.lake;

import static org.anabranch.lake.TestLake.COLUMNS;
import static org.anabranch.lake.TestLake.KEY;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.MergeTable;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.BaseTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that finds its buckets changed by others merges its own changes again, and not the rows
 * that it has only copied: what others did with these stays.
 */
class MergedAgainTest {

  private static final String TABLE = "orders";
  private static final List<String> NAMES = List.of("id", "name");

  @TempDir private Path warehouse;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.at(warehouse);
  }

  @Test
  void aRowWhoseDeleteIsForgottenMeanwhileStaysDeleted() throws IOException {
    write(changes -> image(changes, 1, "a", 1, 2, 3));
    try (LakeRun run = lake.startRun(1)) {
      RunReport ours = merge(run, changes -> image(changes, 2, "b", 1));
      write(changes -> changes.delete(position(3, 2), 3, key(2)));
      CompactTables.run(lake, Duration.ZERO);
      commit(run, ours);
    }

    assertThat(TestLake.rows(lake, TABLE), contains("1=b", "3=a"));
  }

  @Test
  void rowsThatAnotherEngineDeletesMeanwhileStayDeleted() throws IOException {
    write(changes -> image(changes, 1, "a", 1, 2, 3));
    deleteInAnotherEngine(changes -> image(changes, 2, "b", 1));
    assertThat(TestLake.rows(lake, TABLE), contains("1=b"));
  }

  @Test
  void rowsOfABaseThatAnotherEngineDeletesMeanwhileStayDeleted() throws IOException {
    write(changes -> base(changes, "a", 1, 2, 3));
    deleteInAnotherEngine(
        changes -> {
          image(changes, 2, "b", 1);
          base(changes, "z", 3);
        });
    assertThat(TestLake.rows(lake, TABLE), contains("1=b", "3=z"));
  }

  private void deleteInAnotherEngine(Consumer<RowBatch.Writer> changes) throws IOException {
    try (LakeRun run = lake.startRun(1)) {
      RunReport ours = merge(run, changes);
      BaseTable table = new BaseTable(Objects.requireNonNull(lake.catalog().load(TABLE)), TABLE);
      var delete = table.newDelete();
      lake.table(TABLE).dataFiles().forEach(delete::deleteFile);
      delete.commit();
      commit(run, ours);
    }
  }

  private void write(Consumer<RowBatch.Writer> changes) throws IOException {
    try (LakeRun run = lake.startRun(1)) {
      // All sources have come far beyond what is kept of them.
      run.setProgress(new Progress(Map.of("clock:shop", 1_000_000_000L), ""));
      new RunCommit(run, merge(run, changes), Set.of(), table -> {}).commitAll();
    }
  }

  private static void commit(LakeRun run, RunReport report) throws IOException {
    new RunCommit(run, report, Set.of(), table -> {}).commitAll();
    assertThat(run.conflicts(TABLE), is(1L));
  }

  private static RunReport merge(LakeRun run, Consumer<RowBatch.Writer> changes)
      throws IOException {
    RunReport seen =
        RunReport.of(List.of(new TableReport(TABLE, KEY, COLUMNS, List.of(), Map.of())));
    RowBatch.Writer batch = new RowBatch.Writer(64);
    changes.accept(batch);
    MergeConfig config = new MergeConfig(run.store(), Set.of(), List.of());
    return seen.join(MergeTable.merge(config, TABLE, seen, List.of(batch.toByteArray())));
  }

  private static void image(RowBatch.Writer changes, long at, String name, long... ids) {
    for (long id : ids) {
      byte[] values = values(id, name);
      changes.image(position(at, id), at, key(id), NAMES, values, 0, values.length);
    }
  }

  private static void base(RowBatch.Writer changes, String name, long... ids) {
    for (long id : ids) {
      byte[] values = values(id, name);
      changes.base(key(id), NAMES, values, 0, values.length);
    }
  }

  private static Position position(long at, long id) {
    return new Position("shop", at, id, 0, "orders", 0, 10 * at + id);
  }

  private static KeyWriter key(long id) {
    KeyWriter key = new KeyWriter();
    key.add(new ByteReader(Values.encode(id)));
    return key;
  }

  private static byte[] values(long id, String name) {
    ByteWriter values = new ByteWriter(64);
    Values.write(values, id);
    Values.write(values, name);
    return values.toByteArray();
  }
}
