package org.anabranch.transforms.merge;

import java.util.Arrays;
import java.util.List;
import org.anabranch.model.ByteReader;
import org.anabranch.model.KeyWriter;

/**
 * Looks at every row of a bucket that is about to be written: its key, as its own columns give it,
 * must not lie below that of the row before it, and must be one of the bucket. A file for which
 * this does not hold could not be read any more, so it must never come into being.
 */
final class KeyCheck {

  private final String table;
  private final int bucket;
  private final int buckets;
  private final int[] places;
  private final ByteReader reader = new ByteReader(new byte[0]);
  private KeyWriter key = new KeyWriter();
  private KeyWriter last = new KeyWriter();

  /**
   * @param columns names of the columns in the order of the slices of a row
   * @param key columns of the key; without any, rows have no order
   * @param bucket of the rows
   * @param buckets of the table; 0 where the bucket of a row is not that of its key
   */
  KeyCheck(String table, List<String> columns, List<String> key, int bucket, int buckets) {
    this.table = table;
    this.bucket = bucket;
    this.buckets = bucket == TableStore.MOVED ? 0 : buckets;
    places = key.stream().mapToInt(columns::indexOf).toArray();
  }

  /**
   * Looks at the next row.
   *
   * @throws IllegalStateException where it must not be written
   */
  void check(RowSlices row) {
    if (places.length == 0) {
      return;
    }

    key.reset();
    for (int place : places) {
      byte[] buffer = place < 0 ? null : row.buffer(place);
      if (buffer == null) {
        throw wrong("has no key");
      }

      int offset = row.offset(place);
      if (!key.add(reader.reset(buffer, offset, buffer.length - offset))) {
        throw wrong("has no key");
      }
    }

    if (compare(last, key) > 0) {
      throw wrong("has a key below that of the row before it");
    }

    if (buckets > 0 && key.bucket(buckets) != bucket) {
      throw wrong("has a key of bucket " + key.bucket(buckets) + " of " + buckets);
    }

    KeyWriter checked = key;
    key = last;
    last = checked;
  }

  private static int compare(KeyWriter left, KeyWriter right) {
    return Arrays.compareUnsigned(left.buffer(), 0, left.size(), right.buffer(), 0, right.size());
  }

  private IllegalStateException wrong(String what) {
    return new IllegalStateException(
        "a row for bucket %d of table '%s' %s; nothing of it is written"
            .formatted(bucket, table, what));
  }
}
