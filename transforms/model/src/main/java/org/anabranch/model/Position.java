package org.anabranch.model;

import java.util.Objects;

/**
 * Where a change stands: its place in the commit order of its source, then its coordinate in the
 * log it was read from. The order is total and never looks at a clock or at when something arrived.
 *
 * <p>The three numbers of the commit order are the source's own: for PostgreSQL the LSN of the last
 * commit before the change and the LSN of the change; for MySQL and MariaDB the number of the
 * binary log file, the place in it and the place in the transaction where the source tells it. A
 * row of a snapshot, whose third number is below zero, ranks below everything that has the same
 * first number: it was read after that commit, and before whatever followed it. Where a source
 * gives no order, the time that the log has for the record is the first number, so that it ranks
 * before the coordinate; without a time all are zero.
 *
 * <p>The numbers of a source start again after a failover or a restore. Each start begins a new
 * generation, which ranks before the numbers.
 *
 * @param source who numbered the change (connector, server, database); empty for rows of an
 *     imported base table, which rank below every change, and for events without a position.
 *     Positions of two sources do not compare in any meaningful way; the name decides, so that the
 *     answer is at least always the same
 * @param generation how often the numbers of the source have started again before the change
 * @param major first number of the commit order
 * @param minor second number
 * @param row third number; below zero for a row that a snapshot read
 * @param log topic or file the change was read from
 * @param partition partition of the topic; 0 for a file
 * @param offset offset in the partition, or byte offset of the line in the uncompressed file
 */
public record Position(
    String source,
    int generation,
    long major,
    long minor,
    long row,
    String log,
    long partition,
    long offset)
    implements Comparable<Position> {

  /** Of the rows of an imported base table: below every change. */
  public static final Position BASE = new Position("", 0, 0, 0, "", -1, -1);

  public Position {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(log, "log");
    if (generation < 0) {
      throw new IllegalArgumentException("generation must be 0 or more, but was: " + generation);
    }
  }

  /** Position in the first generation of its source. */
  public Position(
      String source, long major, long minor, long row, String log, long partition, long offset) {
    this(source, 0, major, minor, row, log, partition, offset);
  }

  /** The same place in another generation. */
  public Position in(int other) {
    return other == generation
        ? this
        : new Position(source, other, major, minor, row, log, partition, offset);
  }

  @Override
  public int compareTo(Position other) {
    int order =
        comparePlaces(
            source.compareTo(other.source),
            generation,
            major,
            minor,
            row,
            other.generation,
            other.major,
            other.minor,
            other.row);
    return order != 0
        ? order
        : compareCoordinates(log, partition, offset, other.log, other.partition, other.offset);
  }

  /**
   * Order of two places in the commit orders of their sources.
   *
   * @param sources order of the names of the sources
   */
  public static int comparePlaces(
      int sources,
      int generation,
      long major,
      long minor,
      long row,
      int otherGeneration,
      long otherMajor,
      long otherMinor,
      long otherRow) {
    int order = sources;
    if (order == 0) {
      order = Integer.compare(generation, otherGeneration);
    }

    if (order == 0) {
      order = Long.compare(major, otherMajor);
    }

    if (order == 0) {
      // What a snapshot read ranks below what followed the same commit.
      order = Boolean.compare(row >= 0, otherRow >= 0);
    }

    if (order == 0) {
      order = Long.compare(minor, otherMinor);
    }

    return order != 0 ? order : Long.compare(row, otherRow);
  }

  /** Order of two coordinates in logs. */
  public static int compareCoordinates(
      String log,
      long partition,
      long offset,
      String otherLog,
      long otherPartition,
      long otherOffset) {
    int order = log.equals(otherLog) ? 0 : LogNames.ORDER.compare(log, otherLog);
    if (order == 0) {
      order = Long.compare(partition, otherPartition);
    }

    return order != 0 ? order : Long.compare(offset, otherOffset);
  }

  /** Whether a source gives its changes a commit order; else only their coordinate tells. */
  public static boolean hasCommitOrder(String source, long major, long minor, long row) {
    return !source.isEmpty() && (major != 0 || minor != 0 || row != 0);
  }

  /**
   * Whether both stand at the same place of the same source, wherever they were logged. Where the
   * source gives no commit order, only the same coordinate is the same change.
   */
  public boolean sameChange(Position other) {
    if (!hasCommitOrder(source, major, minor, row)) {
      return equals(other);
    }

    return generation == other.generation
        && major == other.major
        && minor == other.minor
        && row == other.row
        && source.equals(other.source);
  }

  /**
   * Text of the column {@code _ab_position}, from which {@link #decode} makes the position again:
   * {@code SOURCE@MAJOR.MINOR.ROW.TIME|LOG/PARTITION/OFFSET}. In the source, a percent sign and a
   * bar are written {@code %25} and {@code %7C}. The generation is not written: it follows from the
   * time, the coordinate and what is declared of the source.
   *
   * @param timeMicros when the source made the change, in microseconds since the epoch; 0 is not
   *     written, nor is any time of a change without a source
   */
  public String encode(long timeMicros) {
    StringBuilder text = new StringBuilder(source.length() + log.length() + 80);
    if (source.indexOf('%') >= 0 || source.indexOf('|') >= 0) {
      text.append(source.replace("%", "%25").replace("|", "%7C"));
    } else {
      text.append(source);
    }

    text.append('@').append(major).append('.').append(minor).append('.').append(row);
    if (timeMicros != 0 && !source.isEmpty()) {
      text.append('.').append(timeMicros);
    }

    return text.append('|')
        .append(log)
        .append('/')
        .append(partition)
        .append('/')
        .append(offset)
        .toString();
  }

  /**
   * Reverse of {@link #encode}; the generation is the first one.
   *
   * @throws IllegalArgumentException where the text is none of a position
   */
  public static Position decode(String text) {
    int bar = text.indexOf('|');
    int at = text.lastIndexOf('@', bar);
    int minorDot = text.indexOf('.', at);
    int rowDot = text.indexOf('.', minorDot + 1);
    int timeDot = timeDot(text, rowDot, bar);
    int offsetSlash = text.lastIndexOf('/');
    int partitionSlash = text.lastIndexOf('/', offsetSlash - 1);
    if (at < 0 || minorDot < 0 || rowDot < 0 || rowDot > bar || partitionSlash < bar) {
      throw new IllegalArgumentException("not a position: " + text);
    }

    String source = text.substring(0, at);
    if (source.indexOf('%') >= 0) {
      source = source.replace("%7C", "|").replace("%25", "%");
    }

    return new Position(
        source,
        Long.parseLong(text, at + 1, minorDot, 10),
        Long.parseLong(text, minorDot + 1, rowDot, 10),
        Long.parseLong(text, rowDot + 1, timeDot < 0 ? bar : timeDot, 10),
        text.substring(bar + 1, partitionSlash),
        Long.parseLong(text, partitionSlash + 1, offsetSlash, 10),
        Long.parseLong(text, offsetSlash + 1, text.length(), 10));
  }

  /** The time in a text that {@link #encode} made; 0 where it has none. */
  public static long timeMicros(String text) {
    int bar = text.indexOf('|');
    int minorDot = text.indexOf('.', text.lastIndexOf('@', bar));
    int timeDot = timeDot(text, text.indexOf('.', minorDot + 1), bar);
    return timeDot < 0 ? 0 : Long.parseLong(text, timeDot + 1, bar, 10);
  }

  /** Index of the dot before the time; -1 without a time. */
  private static int timeDot(String text, int rowDot, int bar) {
    int dot = rowDot < 0 ? -1 : text.indexOf('.', rowDot + 1);
    return dot > 0 && dot < bar ? dot : -1;
  }

  /** Text for people: source and commit order, else the coordinate. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(64);
    if (!source.isEmpty()) {
      text.append(source).append('@').append(major).append('.').append(minor);
      if (row > 0) {
        text.append('.').append(row);
      }

      if (generation > 0) {
        text.append(" (generation ").append(generation).append(')');
      }

      return text.toString();
    }

    return text.append(log).append('/').append(partition).append('/').append(offset).toString();
  }
}
