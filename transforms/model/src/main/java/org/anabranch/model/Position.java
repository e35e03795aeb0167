package org.anabranch.model;

import java.util.Comparator;
import java.util.Objects;

/**
 * Where a change stands: its place in the commit order of its source, then its coordinate in the
 * log it was read from. The order is total and never looks at a clock or at when something arrived.
 *
 * <p>The three numbers of the commit order are the source's own: for PostgreSQL the LSN of the last
 * commit before the change and the LSN of the change; for MySQL and MariaDB the number of the
 * binary log file, the place in it and the row of the event; all zero where the source gives none,
 * so that the coordinate decides.
 *
 * @param source who numbered the change (connector, server, database); empty for rows of an
 *     imported base table, which rank below every change, and for events without a position.
 *     Positions of two sources do not compare in any meaningful way; the name decides, so that the
 *     answer is at least always the same
 * @param major first number of the commit order
 * @param minor second number
 * @param row third number
 * @param log topic or file the change was read from
 * @param partition partition of the topic; 0 for a file
 * @param offset offset in the partition, or byte offset of the line in the uncompressed file
 */
public record Position(
    String source, long major, long minor, long row, String log, long partition, long offset)
    implements Comparable<Position> {

  /** Of the rows of an imported base table: below every change. */
  public static final Position BASE = new Position("", 0, 0, 0, "", -1, -1);

  private static final Comparator<Position> ORDER =
      Comparator.comparing(Position::source)
          .thenComparingLong(Position::major)
          .thenComparingLong(Position::minor)
          .thenComparingLong(Position::row)
          .thenComparing(Position::log)
          .thenComparingLong(Position::partition)
          .thenComparingLong(Position::offset);

  public Position {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(log, "log");
  }

  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }

  /**
   * Whether both stand at the same place of the same source, wherever they were logged. Where the
   * source gives no commit order, only the same coordinate is the same change.
   */
  public boolean sameChange(Position other) {
    if (major == 0 && minor == 0 && row == 0) {
      return equals(other);
    }

    return major == other.major
        && minor == other.minor
        && row == other.row
        && source.equals(other.source);
  }

  /** Text for people and for the column {@code _ab_position}: source, commit order, coordinate. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(64);
    if (!source.isEmpty()) {
      text.append(source).append('@').append(major).append('.').append(minor);
      if (row != 0) {
        text.append('.').append(row);
      }

      return text.toString();
    }

    return text.append(log).append('/').append(partition).append('/').append(offset).toString();
  }
}
