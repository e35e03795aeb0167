package org.anabranch.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one row: for every column the newest value that was written to it. {@link #join}
 * is commutative, associative, idempotent and total, so that changes may arrive in any order, split
 * and repeated, and come out the same.
 *
 * <p>An image of a row writes every column: the ones it lists with their values, all others with
 * "absent", except the ones whose value the source did not send ("holes"), which keep whatever
 * older value there is, even when that arrives later. A tombstone writes "absent" to every column,
 * thereby forgetting what is older. The row is alive when its newest write is an image.
 *
 * <p>As a lattice this is the pointwise maximum over all columns of (position, value); the columns
 * not listed share one entry, the position of the newest image or tombstone.
 */
public final class RowVersion {

  /**
   * What was last written to a column.
   *
   * @param position of the change that wrote it
   * @param value encoded value, or {@link #ABSENT}
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Cell(Position position, byte[] value) {

    static Cell newer(@Nullable Cell left, @Nullable Cell right) {
      if (left == null || right == null) {
        return Objects.requireNonNull(left == null ? right : left);
      }

      int order = left.position.compareTo(right.position);
      if (order == 0) {
        order = Arrays.compareUnsigned(left.value, right.value);
      }

      return order >= 0 ? left : right;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Cell that
          && position.equals(that.position)
          && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
      return 31 * position.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
      return (value.length == 0 ? "absent" : Arrays.toString(value)) + " at " + position;
    }
  }

  /** Value of a column that the newest image or tombstone does not have. */
  public static final byte[] ABSENT = {};

  private static final byte[] HOLE = {Values.UNAVAILABLE};

  private final Position position;
  private final boolean alive;

  /** Columns that differ from (position, ABSENT); a null cell is a hole nothing has filled yet. */
  private final Map<String, @Nullable Cell> cells;

  private RowVersion(Position position, boolean alive, Map<String, @Nullable Cell> cells) {
    this.position = position;
    this.alive = alive;
    this.cells = Collections.unmodifiableMap(cells);
  }

  /** Row as of {@code position}; values are encoded, {@link Values#UNAVAILABLE} marks a hole. */
  public static RowVersion image(Position position, Map<String, byte[]> values) {
    Map<String, @Nullable Cell> cells = new TreeMap<>();
    values.forEach(
        (column, value) ->
            cells.put(column, Arrays.equals(value, HOLE) ? null : new Cell(position, value)));
    return new RowVersion(position, true, cells);
  }

  /** The row is gone as of {@code position}; also what a truncate means to each row. */
  public static RowVersion tombstone(Position position) {
    return new RowVersion(position, false, Map.of());
  }

  /** Position of the newest image or tombstone. */
  public Position position() {
    return position;
  }

  public boolean isAlive() {
    return alive;
  }

  /**
   * What was last written to the column; null when only a hole was, in which case any older value
   * would fill it.
   */
  public @Nullable Cell cell(String column) {
    return cells.containsKey(column) ? cells.get(column) : new Cell(position, ABSENT);
  }

  /** Columns that have a value or a hole. */
  public Iterable<String> columns() {
    return cells.keySet();
  }

  /**
   * Whether one of two versions is newer, or as new: at one position a row counts after its end.
   *
   * @param order of their positions
   * @param isAlive whether it is an image
   * @param isOtherAlive whether the other one is
   */
  public static boolean isNewer(int order, boolean isAlive, boolean isOtherAlive) {
    return order == 0 ? isAlive || !isOtherAlive : order > 0;
  }

  public RowVersion join(RowVersion other) {
    boolean isNewer = isNewer(position.compareTo(other.position), alive, other.alive);
    RowVersion newer = isNewer ? this : other;
    Map<String, @Nullable Cell> joined = new TreeMap<>();
    newer.joinColumns(cells.keySet(), this, other, joined);
    newer.joinColumns(other.cells.keySet(), this, other, joined);
    return new RowVersion(newer.position, newer.alive, joined);
  }

  private void joinColumns(
      Iterable<String> columns,
      RowVersion left,
      RowVersion right,
      Map<String, @Nullable Cell> joined) {
    for (String column : columns) {
      if (joined.containsKey(column)) {
        continue;
      }

      Cell leftCell = left.cell(column);
      Cell rightCell = right.cell(column);
      Cell cell = leftCell == null && rightCell == null ? null : Cell.newer(leftCell, rightCell);
      if (cell == null || cell.value.length > 0 || !cell.position.equals(position)) {
        joined.put(column, cell);
      }
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RowVersion that
        && alive == that.alive
        && position.equals(that.position)
        && cells.equals(that.cells);
  }

  @Override
  public int hashCode() {
    return Objects.hash(position, alive, cells);
  }

  @Override
  public String toString() {
    return (alive ? "row" : "tombstone") + " at " + position + " " + cells;
  }
}
