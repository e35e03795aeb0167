package org.anabranch.transforms.source;

import java.util.Comparator;

/**
 * A stretch of a log along which the positions of a source rise, or several that were joined.
 *
 * @param isSnapshot whether these are rows that a snapshot read; otherwise changes as they happened
 * @param isMixed whether positions fall within it, as it was joined from several
 * @param firstOffset offset of its first record
 * @param lastOffset offset of its last record
 * @param first place of its first record in the commit order, the smallest one
 * @param last place of its last record, the greatest one
 * @param minTime smallest source time, in microseconds since the epoch
 * @param maxTime greatest source time
 */
public record LogSegment(
    boolean isSnapshot,
    boolean isMixed,
    long firstOffset,
    long lastOffset,
    Place first,
    Place last,
    long minTime,
    long maxTime) {

  static final Comparator<LogSegment> BY_OFFSET =
      Comparator.comparingLong(LogSegment::firstOffset)
          .thenComparingLong(LogSegment::lastOffset)
          .thenComparing(LogSegment::isSnapshot)
          .thenComparing(LogSegment::isMixed)
          .thenComparing(LogSegment::first)
          .thenComparing(LogSegment::last)
          .thenComparingLong(LogSegment::minTime)
          .thenComparingLong(LogSegment::maxTime);

  /**
   * The numbers of a commit order, see {@link org.anabranch.model.Position}.
   *
   * @param server whose numbers these are, as the change's GTID says; empty where it says nothing,
   *     and no part of the order
   */
  public record Place(long major, long minor, long row, String server)
      implements Comparable<Place> {

    private static final Comparator<Place> ORDER =
        Comparator.comparingLong(Place::major)
            .thenComparingLong(Place::minor)
            .thenComparingLong(Place::row);

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }

    /** Whether the numbers are known to be of different servers. */
    boolean isOfOther(Place other) {
      return !server.isEmpty() && !other.server.isEmpty() && !server.equals(other.server);
    }

    static Place least(Place left, Place right) {
      return left.compareTo(right) <= 0 ? left : right;
    }

    static Place greatest(Place left, Place right) {
      return left.compareTo(right) >= 0 ? left : right;
    }
  }

  /** More, in microseconds, than the clock of a database that is kept in time is set back. */
  static final long CLOCK_STEP = 10_000_000;

  /** Whether a time is later, and by more than clocks are set back where records are mixed. */
  static boolean isLater(long time, long than, boolean isMixed) {
    long step = time - than;
    boolean isOverflown = step < 0;
    return time > than && (isOverflown || step > (isMixed ? CLOCK_STEP : 0));
  }

  /** Whether another segment goes on where this one ends, or repeats a part of it. */
  boolean isContinuedBy(LogSegment next) {
    if (isSnapshot != next.isSnapshot || isLater(minTime, next.maxTime, true)) {
      return false;
    }

    boolean goesOn = lastOffset < next.firstOffset && last.compareTo(next.first) <= 0;
    boolean repeats =
        firstOffset <= next.firstOffset
            && next.lastOffset <= lastOffset
            && first.compareTo(next.first) <= 0
            && next.last.compareTo(last) <= 0
            && !isLater(next.minTime, maxTime, true);
    return goesOn || repeats;
  }

  /** Whether positions fall where another segment is seen with this one. */
  private boolean falls(LogSegment other) {
    if (!overlaps(other)) {
      return firstOffset < other.firstOffset
          ? last.compareTo(other.first) > 0
          : other.last.compareTo(first) > 0;
    }

    return falls(firstOffset, other.firstOffset, first.compareTo(other.first))
        || falls(lastOffset, other.lastOffset, last.compareTo(other.last));
  }

  private static boolean falls(long offset, long other, int places) {
    int order = Long.compare(offset, other);
    return order == 0 ? places != 0 : order * Integer.signum(places) < 0;
  }

  private boolean overlaps(LogSegment other) {
    return firstOffset <= other.lastOffset && other.firstOffset <= lastOffset;
  }

  /**
   * Whether this one was written after another to a log of the same name that was made anew: it has
   * the same offsets, other positions and later times.
   */
  boolean isAnewAfter(LogSegment other) {
    return overlaps(other) && isLater(minTime, other.maxTime, true) && falls(other);
  }

  /** Both as one stretch. */
  LogSegment join(LogSegment other) {
    return new LogSegment(
        isSnapshot,
        isMixed || other.isMixed || falls(other),
        Math.min(firstOffset, other.firstOffset),
        Math.max(lastOffset, other.lastOffset),
        Place.least(first, other.first),
        Place.greatest(last, other.last),
        Math.min(minTime, other.minTime),
        Math.max(maxTime, other.maxTime));
  }
}
