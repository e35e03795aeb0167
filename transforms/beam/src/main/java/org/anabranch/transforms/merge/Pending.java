package org.anabranch.transforms.merge;

import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Position;
import org.anabranch.model.RowVersion;
import org.anabranch.model.RowVersion.Cell;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of one table have to tell each other after a primary-key change whose new row lacks
 * values the source did not send: the old key's row {@link Offer offers} what it had, the new key's
 * row {@link Row waits} for it. They may lie in different buckets.
 */
sealed interface Pending {

  /**
   * Values a row had when its key changed.
   *
   * @param oldKey key of the row
   * @param newKey key it changed to
   * @param position of the image at the new key
   * @param cells what the row had then
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Offer(byte[] oldKey, byte[] newKey, Position position, Map<String, Cell> cells)
      implements Pending {}

  /**
   * Row with at least one carried value.
   *
   * @param key of the row
   * @param position of its newest image
   * @param timeMicros of the change at the position; 0 where it is not known
   * @param cells its values
   * @param span of validity; null for a current row
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Row(
      byte[] key, Position position, long timeMicros, Map<String, Cell> cells, @Nullable Span span)
      implements Pending {}

  /**
   * Validity of a version of a row in microseconds since the epoch.
   *
   * @param from null: since before the first known change
   * @param to null: still
   * @param continuesPrevious whether the row was alive until this version, rather than gone
   */
  record Span(@Nullable Long from, @Nullable Long to, boolean continuesPrevious) {}

  /** Known values of a row; holes are left out. */
  static Map<String, Cell> cells(RowVersion row) {
    Map<String, Cell> cells = new TreeMap<>();
    for (String column : row.columns()) {
      Cell cell = row.cell(column);
      if (cell != null && cell.value().length > 0) {
        cells.put(column, cell);
      }
    }

    return cells;
  }
}
