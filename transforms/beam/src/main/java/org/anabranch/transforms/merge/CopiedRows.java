package org.anabranch.transforms.merge;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.jspecify.annotations.Nullable;

/**
 * Tells which of the rows that a run has written of a bucket it has only copied: those that were
 * stored with the same position. Rows of a base, which have none, are copies where all their values
 * are the same; only for them all columns are read. Asked in ascending order of the keys.
 */
final class CopiedRows implements Closeable {

  private final StoredBucket stored;
  private final List<String> key;
  private final List<String> names;
  private final Side positions;
  private @Nullable Side rows;

  /**
   * @param stored what the run found
   * @param names of the columns of the rows that are asked for; the last one is the position
   */
  CopiedRows(StoredBucket stored, List<String> key, List<String> names) throws IOException {
    this.stored = stored;
    this.key = key;
    this.names = names;
    positions = new Side(stored.sorted(key, names.subList(names.size() - 1, names.size())));
  }

  /**
   * Whether a row is a copy.
   *
   * @param isOfBase whether it has no position
   */
  boolean has(RowCursor written, boolean isOfBase) throws IOException {
    if (!positions.isAt(written) || !positions.isSame(written, names.size() - 1)) {
      return false;
    }

    if (!isOfBase) {
      return true;
    }

    Side all = rows;
    if (all == null) {
      all = new Side(stored.sorted(key, names));
      rows = all;
    }

    return all.isAt(written) && all.isSame(written, 0);
  }

  @Override
  public void close() throws IOException {
    try (positions) {
      if (rows != null) {
        rows.close();
      }
    }
  }

  /** Stored rows that are walked over beside those that are asked for. */
  private static final class Side implements Closeable {

    private final RowCursor cursor;
    private boolean isAtRow;

    Side(RowCursor cursor) throws IOException {
      this.cursor = cursor;
      isAtRow = cursor.next();
    }

    /** Goes on to the key of a row; whether it is stored. */
    boolean isAt(RowCursor row) throws IOException {
      while (isAtRow && compareKey(row) < 0) {
        isAtRow = cursor.next();
      }

      return isAtRow && compareKey(row) == 0;
    }

    private int compareKey(RowCursor row) {
      return Arrays.compareUnsigned(
          cursor.key(), 0, cursor.keyLength(), row.key(), 0, row.keyLength());
    }

    /** Whether the values here are those that a row has from one of its columns on. */
    boolean isSame(RowCursor row, int from) {
      return Arrays.equals(
          cursor.values(),
          cursor.offset(),
          cursor.offset() + cursor.length(),
          row.values(),
          row.start(from),
          row.offset() + row.length());
    }

    @Override
    public void close() throws IOException {
      cursor.close();
    }
  }
}
