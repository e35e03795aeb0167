package org.anabranch.transforms.merge;

import java.io.Closeable;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the rows that are to replace those of a bucket are the same, so that the bucket can
 * stay. Reads the stored rows once, beside the new ones, and ends at the first difference.
 */
final class StoredComparison implements Closeable {

  private final StoredBucket stored;
  private final List<String> key;
  private final List<String> names;
  private final ByteReader reader = new ByteReader(new byte[0]);
  private @Nullable RowCursor cursor;
  private boolean isSame;

  /**
   * @param stored what is there
   * @param key columns of the table's key, by which rows come in ascending order
   * @param names of all columns, in the order of the slices
   */
  StoredComparison(StoredBucket stored, List<String> key, List<String> names) {
    this.stored = stored;
    this.key = key;
    this.names = names;
    isSame = stored.files() > 0 && !stored.mustBeRewritten();
  }

  private RowCursor rows() throws IOException {
    RowCursor open = cursor;
    if (open == null) {
      open = stored.sorted(key, names);
      cursor = open;
    }

    return open;
  }

  /** A row that is written. */
  void add(RowSlices row) throws IOException {
    isSame = isSame && rows().next() && isSame(row, rows());
  }

  private boolean isSame(RowSlices row, RowCursor at) {
    for (int column = 0; column < names.size(); column++) {
      byte[] buffer = row.buffer(column);
      byte[] value = buffer == null ? new byte[] {Values.NULL} : value(buffer, row.offset(column));
      byte[] known = Arrays.copyOfRange(at.values(), at.start(column), at.start(column + 1));
      if (!Arrays.equals(value, known)
          && !isSameValue(Values.decode(value), Values.decode(known))) {
        return false;
      }
    }

    return true;
  }

  private byte[] value(byte[] buffer, int offset) {
    reader.reset(buffer, offset, buffer.length - offset);
    Values.skip(reader);
    return Arrays.copyOfRange(buffer, offset, reader.position());
  }

  /** A number may be stored with more digits than it has. */
  private static boolean isSameValue(@Nullable Object value, @Nullable Object known) {
    BigDecimal left = exact(value);
    BigDecimal right = exact(known);
    if (left != null && right != null) {
      return left.compareTo(right) == 0;
    }

    return Objects.equals(value, known);
  }

  private static @Nullable BigDecimal exact(@Nullable Object value) {
    if (value instanceof BigDecimal decimal) {
      return decimal;
    }

    return value instanceof Long number ? BigDecimal.valueOf(number) : null;
  }

  /** Whether all rows have come, and are those that are stored. */
  boolean isSame() throws IOException {
    return isSame && !rows().next();
  }

  @Override
  public void close() throws IOException {
    if (cursor != null) {
      cursor.close();
    }
  }
}
