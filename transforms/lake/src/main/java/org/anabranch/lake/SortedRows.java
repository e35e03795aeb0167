package org.anabranch.lake;

import java.io.IOException;
import java.util.Arrays;
import org.anabranch.model.ByteWriter;
import org.anabranch.transforms.merge.TableStore.RowCursor;

/**
 * The rows of a file of another writer, sorted by key. All of them are in memory: such files come
 * of compactions by other engines, and hold no more than one bucket.
 */
final class SortedRows implements RowCursor {

  private final ByteWriter bytes = new ByteWriter(1 << 16);
  private long[] addresses = new long[1024];

  /** For each row where its key, its values and the row behind them begin. */
  private int[] bounds = new int[3 * 1024];

  private final Integer[] order;
  private int size;
  private int at = -1;
  private byte[] key = {};
  private int row;

  /** Reads the rows and closes them. */
  SortedRows(RowCursor rows) throws IOException {
    try (rows) {
      while (rows.next()) {
        add(rows);
      }
    }

    order = new Integer[size];
    Arrays.setAll(order, i -> i);
    byte[] buffer = bytes.buffer();
    Arrays.sort(
        order,
        (a, b) ->
            Arrays.compareUnsigned(
                buffer,
                bounds[3 * a],
                bounds[3 * a + 1],
                buffer,
                bounds[3 * b],
                bounds[3 * b + 1]));
  }

  private void add(RowCursor rows) {
    if (size == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * size);
      bounds = Arrays.copyOf(bounds, 6 * size);
    }

    addresses[size] = rows.address();
    bounds[3 * size] = bytes.size();
    bytes.write(rows.key(), 0, rows.keyLength());
    bounds[3 * size + 1] = bytes.size();
    bytes.write(rows.values(), rows.offset(), rows.length());
    bounds[3 * size + 2] = bytes.size();
    size++;
  }

  @Override
  public boolean next() {
    at++;
    if (at >= size) {
      return false;
    }

    row = order[at];
    key = Arrays.copyOfRange(bytes.buffer(), bounds[3 * row], bounds[3 * row + 1]);
    return true;
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public int keyLength() {
    return key.length;
  }

  @Override
  public long address() {
    return addresses[row];
  }

  @Override
  public byte[] values() {
    return bytes.buffer();
  }

  @Override
  public int offset() {
    return bounds[3 * row + 1];
  }

  @Override
  public int length() {
    return bounds[3 * row + 2] - bounds[3 * row + 1];
  }

  @Override
  public void close() {}
}
