package org.anabranch.transforms.merge;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.RowBatch;

/**
 * Spreads encoded changes of tables over the buckets of their keys; a truncate goes to all of them.
 * Holds about 64 KiB per bucket. Not thread-safe.
 */
public final class SplitByBucket {

  private static final int FULL_BYTES = 64 << 10;
  private static final int FIRST_BYTES = 1 << 10;

  private final BiConsumer<TableBucket, byte[]> receiver;
  private final Map<TableBucket, RowBatch.Writer> writers = new HashMap<>();

  /**
   * @param receiver takes batches as they fill up
   */
  public SplitByBucket(BiConsumer<TableBucket, byte[]> receiver) {
    this.receiver = receiver;
  }

  /** Adds a batch of changes of a table that has so many buckets. */
  public void add(String table, int buckets, byte[] batch) {
    RowBatch.Reader in = new RowBatch.Reader(batch);
    while (in.next()) {
      if (in.kind() == RowBatch.TRUNCATE) {
        for (int bucket = 0; bucket < buckets; bucket++) {
          copy(in, new TableBucket(table, bucket));
        }
      } else {
        int bucket = KeyWriter.bucket(in.buffer(), in.keyOffset(), in.keyLength(), buckets);
        copy(in, new TableBucket(table, bucket));
      }
    }
  }

  private void copy(RowBatch.Reader in, TableBucket bucket) {
    RowBatch.Writer out =
        writers.computeIfAbsent(bucket, added -> new RowBatch.Writer(FIRST_BYTES));
    out.add(in.change());
    if (out.size() >= FULL_BYTES) {
      receiver.accept(bucket, out.toByteArray());
      out.clear();
    }
  }

  /** Hands over all that is left. */
  public void finish() {
    writers.forEach(
        (bucket, out) -> {
          if (!out.isEmpty()) {
            receiver.accept(bucket, out.toByteArray());
          }
        });
    writers.clear();
  }
}
