package org.anabranch.lake;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.Predicate;
import org.anabranch.model.ByteWriter;
import org.anabranch.transforms.merge.TableStore.RowCursor;

/**
 * The rows of a file of another writer, or of keys of the form before, sorted by key. All of them
 * are in memory: such files come of compactions by other engines, and hold no more than one bucket.
 */
final class SortedRows implements RowCursor {

  private final ByteWriter bytes = new ByteWriter(1 << 16);
  private long[] addresses = new long[1024];

  /** For each row where its key and its columns begin, and where they end. */
  private int[] bounds;

  private final int columns;
  private final int stride;

  private final Integer[] order;
  private int size;
  private int at = -1;
  private byte[] key = {};
  private int row;

  /**
   * Reads the rows and closes them.
   *
   * @param columns number of columns they have
   */
  SortedRows(RowCursor rows, int columns) throws IOException {
    this(rows, columns, row -> true);
  }

  /**
   * Reads some of the rows.
   *
   * @param wanted tells which, of the row the cursor is at
   */
  SortedRows(RowCursor rows, int columns, Predicate<RowCursor> wanted) throws IOException {
    this.columns = columns;
    stride = columns + 2;
    bounds = new int[stride * addresses.length];
    try (rows) {
      while (rows.next()) {
        if (wanted.test(rows)) {
          add(rows);
        }
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
                bounds[stride * a],
                bounds[stride * a + 1],
                buffer,
                bounds[stride * b],
                bounds[stride * b + 1]));
  }

  private void add(RowCursor rows) {
    if (size == addresses.length) {
      addresses = Arrays.copyOf(addresses, 2 * size);
      bounds = Arrays.copyOf(bounds, 2 * stride * size);
    }

    addresses[size] = rows.address();
    bounds[stride * size] = bytes.size();
    bytes.write(rows.key(), 0, rows.keyLength());
    for (int column = 0; column <= columns; column++) {
      bounds[stride * size + 1 + column] = bytes.size() + rows.start(column) - rows.offset();
    }

    bytes.write(rows.values(), rows.offset(), rows.length());
    size++;
  }

  @Override
  public boolean next() {
    at++;
    if (at >= size) {
      return false;
    }

    row = order[at];
    key = Arrays.copyOfRange(bytes.buffer(), bounds[stride * row], start(0));
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
    return start(0);
  }

  @Override
  public int length() {
    return start(columns) - start(0);
  }

  @Override
  public int start(int column) {
    return bounds[stride * row + 1 + column];
  }

  @Override
  public void close() {}
}
