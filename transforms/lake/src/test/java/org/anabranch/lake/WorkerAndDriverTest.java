package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.COLUMNS;
import static org.anabranch.lake.TestLake.report;
import static org.anabranch.lake.TestLake.rows;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.anabranch.lake.CommitResult.Committed;
import org.anabranch.model.ByteReader;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.RowSlices;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the store of a run writes is what the run commits, and what the next run finds. */
class WorkerAndDriverTest {

  @TempDir Path warehouse;

  private static void add(BucketWriter writer, long id, String name) throws IOException {
    RowSlices row = new RowSlices(2);
    row.set(0, Values.encode(id), 0);
    row.set(1, Values.encode(name), 0);
    writer.add(row);
  }

  @Test
  void rowsAreAddedDeletedAndKeptOverRuns() throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      try (LakeRun run = lake.startRun(BUCKETS)) {
        BucketWriter writer = run.store().write("orders", COLUMNS, 1);
        add(writer, 1, "a");
        add(writer, 2, "a");
        add(writer, 3, "a");
        assertThat(commit(run, writer.close()), equalTo(new Committed(1)));
      }

      assertThat(rows(lake, "orders"), contains("1=a", "2=a", "3=a"));
      try (LakeRun run = lake.startRun(BUCKETS)) {
        TableStore store = run.store();
        assertThat(store.schema("orders"), equalTo(COLUMNS));
        assertThat(store.key("orders"), contains("id"));
        BucketWriter writer = store.write("orders", COLUMNS, 1);
        try (RowCursor stored =
            store.open("orders", COLUMNS, 1).scan(TestLake.KEY, List.of("id"))) {
          stored.next();
          stored.next();
          writer.delete(stored.address());
        }

        add(writer, 2, "b");
        writer.keep(tombstone());
        assertThat(commit(run, writer.close()), equalTo(new Committed(2)));
      }

      assertThat(rows(lake, "orders"), contains("1=a", "2=b", "3=a"));
      assertThat(lake.table("orders").rows(), is(3L));
      try (LakeRun run = lake.startRun(BUCKETS)) {
        StoredBucket stored = run.store().open("orders", COLUMNS, 1);
        assertThat(kept(stored), is(1));
        assertThat(stored.rows(), is(3L));
        BucketWriter writer = run.store().write("orders", COLUMNS, 1);
        add(writer, 9, "c");
        writer.replace();
        assertThat(commit(run, writer.close()), equalTo(new Committed(3)));
      }

      assertThat(rows(lake, "orders"), contains("9=c"));
      LakeTable table = lake.table("orders");
      assertThat(table.dataFileCount() + table.deleteFileCount(), is(1L));
      assertThat(table.bucketStatistics().get(0).kept(), is(1L));
      lake.compact(new UpkeepSettings(1, Duration.ZERO));
      assertThat(rows(lake, "orders"), contains("9=c"));
      assertThat(kept(table.store().open("orders", COLUMNS, 1)), is(1));
    }
  }

  private static byte[] tombstone() {
    KeyWriter key = new KeyWriter();
    key.add(new ByteReader(Values.encode(2L)));
    RowBatch.Writer batch = new RowBatch.Writer(64);
    batch.delete(new Position("db", 1, 1, 0, "log", 0, 1), 0, key);
    return batch.toByteArray();
  }

  /** Number of records kept. */
  private static int kept(StoredBucket bucket) throws IOException {
    AtomicInteger records = new AtomicInteger();
    bucket.kept(
        batch -> {
          RowBatch.Reader reader = new RowBatch.Reader(batch);
          while (reader.next()) {
            assertThat(reader.kind(), is(RowBatch.DELETE));
            records.incrementAndGet();
          }
        });
    return records.get();
  }

  private static CommitResult commit(LakeRun run, List<WrittenFile> files) throws IOException {
    return run.commit(report("orders", files.toArray(WrittenFile[]::new)));
  }
}
