package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.anabranch.transforms.merge.TableStore.RowCursor;

/**
 * The rows of several cursors, each in the order of its keys, as one in that order; rows with the
 * same key in the order of the cursors. A binary heap whose top is advanced in place: a run of rows
 * from the same file takes two comparisons a row.
 */
final class MergedCursor implements RowCursor {

  private final List<RowCursor> all;
  private final RowCursor[] heap;
  private final int[] numbers;
  private final byte[][] last;
  private final int[] lastLengths;
  private int size;
  private boolean started;

  MergedCursor(List<RowCursor> cursors) {
    all = cursors;
    heap = new RowCursor[cursors.size()];
    numbers = new int[heap.length];
    last = new byte[heap.length][0];
    lastLengths = new int[heap.length];
  }

  @Override
  public boolean next() throws IOException {
    if (!started) {
      started = true;
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i).next()) {
          heap[size] = all.get(i);
          numbers[size++] = i;
        }
      }

      for (int i = size / 2 - 1; i >= 0; i--) {
        sink(i);
      }

      return size > 0;
    }

    if (size == 0) {
      return false;
    }

    advance();
    return size > 0;
  }

  private void advance() throws IOException {
    RowCursor top = heap[0];
    remember(top, numbers[0]);
    if (top.next()) {
      checkOrder(top, numbers[0]);
    } else {
      size--;
      heap[0] = heap[size];
      numbers[0] = numbers[size];
    }

    if (size > 1) {
      sink(0);
    }
  }

  private void remember(RowCursor cursor, int number) {
    int length = cursor.keyLength();
    if (last[number].length < length) {
      last[number] = new byte[2 * length];
    }

    System.arraycopy(cursor.key(), 0, last[number], 0, length);
    lastLengths[number] = length;
  }

  /** A file that is not sorted would give a wrong merge that nobody sees. */
  private void checkOrder(RowCursor cursor, int number) {
    int order =
        Arrays.compareUnsigned(
            last[number], 0, lastLengths[number], cursor.key(), 0, cursor.keyLength());
    if (order > 0) {
      throw new IllegalStateException(
          "rows must be in the order of their keys, but are not in "
              + (cursor instanceof FileCursor file ? file.path() : cursor));
    }
  }

  private void sink(int start) {
    int parent = start;
    while (true) {
      int child = 2 * parent + 1;
      if (child >= size) {
        return;
      }

      if (child + 1 < size && isBefore(child + 1, child)) {
        child++;
      }

      if (!isBefore(child, parent)) {
        return;
      }

      RowCursor cursor = heap[parent];
      heap[parent] = heap[child];
      heap[child] = cursor;
      int number = numbers[parent];
      numbers[parent] = numbers[child];
      numbers[child] = number;
      parent = child;
    }
  }

  private boolean isBefore(int left, int right) {
    RowCursor a = heap[left];
    RowCursor b = heap[right];
    int order = Arrays.compareUnsigned(a.key(), 0, a.keyLength(), b.key(), 0, b.keyLength());
    return order != 0 ? order < 0 : numbers[left] < numbers[right];
  }

  @Override
  public byte[] key() {
    return heap[0].key();
  }

  @Override
  public int keyLength() {
    return heap[0].keyLength();
  }

  @Override
  public long address() {
    return heap[0].address();
  }

  @Override
  public byte[] values() {
    return heap[0].values();
  }

  @Override
  public int offset() {
    return heap[0].offset();
  }

  @Override
  public int length() {
    return heap[0].length();
  }

  @Override
  public int start(int column) {
    return heap[0].start(column);
  }

  @Override
  public void close() throws IOException {
    closeAll(all);
  }

  /** Closes all, whatever happens to some. */
  static void closeAll(List<? extends Closeable> open) throws IOException {
    IOException failure = null;
    for (Closeable cursor : open) {
      try {
        cursor.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }

    if (failure != null) {
      throw failure;
    }
  }
}
