package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Internal;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.jspecify.annotations.Nullable;

/**
 * The live rows of one version of a table, ordered by key. Each bucket gives its rows in order, so
 * the buckets are merged as they are read; a table without a key is read bucket after bucket. Not
 * thread-safe.
 */
@Internal
public final class LakeRows implements Closeable {

  private final TableStore store;
  private final String table;
  private final List<String> key;
  private final Schema schema;
  private final List<Integer> buckets;
  private final List<String> columns;
  private final ByteReader reader = new ByteReader(new byte[0]);
  private final PriorityQueue<BucketRows> heads = new PriorityQueue<>(LakeRows::byKey);
  private @Nullable BucketRows current;
  private int nextBucket;

  private LakeRows(
      TableStore store, String table, List<String> key, Schema schema, List<Integer> buckets) {
    this.store = store;
    this.table = table;
    this.key = key;
    this.schema = schema;
    this.buckets = buckets;
    columns = schema.columns().stream().map(Schema.Column::name).toList();
  }

  static LakeRows open(TableStore store, LakeTable table) throws IOException {
    List<Integer> buckets =
        table.bucketStatistics().stream()
            .filter(bucket -> bucket.dataFiles() > 0)
            .map(LakeTable.BucketStatistics::bucket)
            .toList();
    return open(store, table, buckets);
  }

  /** The rows of these buckets only. */
  static LakeRows open(TableStore store, LakeTable table, List<Integer> buckets)
      throws IOException {
    return open(store, table.table(), table.key(), table.schema(), buckets);
  }

  /** The rows of these buckets of a table in a store. */
  static LakeRows open(
      TableStore store, String table, List<String> key, Schema schema, List<Integer> buckets)
      throws IOException {
    LakeRows rows = new LakeRows(store, table, key, schema, buckets);
    try {
      if (!key.isEmpty()) {
        rows.openAll();
      }

      return rows;
    } catch (IOException | RuntimeException e) {
      rows.close();
      throw e;
    }
  }

  /**
   * The rows whose keys are of one bucket, wherever they are stored. Each call reads all rows and
   * holds those in memory.
   *
   * @param key by which the rows are told and sorted, whatever the table is stored by
   */
  static LakeRows openBucket(
      TableStore store, String table, List<String> key, Schema schema, int bucket, int buckets)
      throws IOException {
    LakeRows rows = new LakeRows(store, table, key, schema, List.of());
    try {
      int stored = store.buckets().getOrDefault(table, 0);
      for (int place = TableStore.MOVED; place < stored; place++) {
        RowCursor all = store.open(table, schema, place).scan(key, rows.columns);
        RowCursor some =
            new SortedRows(
                all,
                rows.columns.size(),
                row -> KeyWriter.bucket(row.key(), 0, row.keyLength(), buckets) == bucket);
        BucketRows ofPlace = new BucketRows(place, some);
        if (ofPlace.nextOrClose()) {
          rows.heads.add(ofPlace);
        }
      }

      return rows;
    } catch (IOException | RuntimeException e) {
      rows.close();
      throw e;
    }
  }

  private void openAll() throws IOException {
    for (BucketRows bucket = openNext(); bucket != null; bucket = openNext()) {
      heads.add(bucket);
    }
  }

  /** The next bucket that has rows, at its first one; null behind the last bucket. */
  private @Nullable BucketRows openNext() throws IOException {
    while (nextBucket < buckets.size()) {
      int bucket = buckets.get(nextBucket++);
      StoredBucket stored = store.open(table, schema, bucket);
      RowCursor cursor =
          key.isEmpty() ? stored.scan(List.of(), columns) : stored.sorted(key, columns);
      BucketRows rows = new BucketRows(bucket, cursor);
      if (rows.nextOrClose()) {
        return rows;
      }
    }

    return null;
  }

  private static int byKey(BucketRows left, BucketRows right) {
    int order =
        Arrays.compareUnsigned(
            left.cursor.key(),
            0,
            left.cursor.keyLength(),
            right.cursor.key(),
            0,
            right.cursor.keyLength());
    return order == 0 ? Integer.compare(left.bucket, right.bucket) : order;
  }

  /** Names of the columns in the order in which a row holds their values. */
  public List<String> columns() {
    return columns;
  }

  /** Moves to the next row, if there is one. */
  public boolean next() throws IOException {
    BucketRows last = current;
    current = null;
    boolean more = last != null && last.nextOrClose();
    if (key.isEmpty()) {
      current = more ? last : openNext();
      return current != null;
    }

    if (last != null && more) {
      heads.add(last);
    }

    current = heads.poll();
    return current != null;
  }

  /** The row moved to last: a value per column, as {@link Values#read} gives it. */
  public List<@Nullable Object> row() {
    RowCursor cursor = cursor();
    List<@Nullable Object> values = new ArrayList<>(columns.size());
    reader.reset(cursor.values(), cursor.offset(), cursor.length());
    for (int column = 0; column < columns.size(); column++) {
      values.add(Values.read(reader));
    }

    return Collections.unmodifiableList(values);
  }

  /** The row moved to last, encoded. */
  RowCursor cursor() {
    BucketRows rows = current;
    if (rows == null) {
      throw new IllegalStateException("there is no row before next() or behind the last one");
    }

    return rows.cursor;
  }

  @Override
  public void close() throws IOException {
    BucketRows last = current;
    current = null;
    if (last != null) {
      heads.add(last);
    }

    IOException failure = null;
    for (BucketRows rows : heads) {
      try {
        rows.cursor.close();
      } catch (IOException e) {
        failure = e;
      }
    }

    heads.clear();
    if (failure != null) {
      throw failure;
    }
  }

  /** One bucket and its next row. */
  private static final class BucketRows {

    private final int bucket;
    private final RowCursor cursor;

    BucketRows(int bucket, RowCursor cursor) {
      this.bucket = bucket;
      this.cursor = cursor;
    }

    /** Moves to the next row; closes the bucket where there is none. */
    boolean nextOrClose() throws IOException {
      boolean more = false;
      try {
        more = cursor.next();
        return more;
      } finally {
        if (!more) {
          cursor.close();
        }
      }
    }
  }
}
