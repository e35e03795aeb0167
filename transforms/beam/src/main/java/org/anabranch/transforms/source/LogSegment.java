package org.anabranch.transforms.source;

import java.util.Comparator;

/**
 * A stretch of a log along which the positions of a source rise.
 *
 * @param isSnapshot whether these are rows that a snapshot read; otherwise changes as they happened
 * @param firstOffset offset of its first record
 * @param lastOffset offset of its last record
 * @param first place of its first record in the commit order, the smallest one
 * @param last place of its last record, the greatest one
 * @param minTime smallest source time, in microseconds since the epoch
 * @param maxTime greatest source time
 */
public record LogSegment(
    boolean isSnapshot,
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
          .thenComparing(LogSegment::first)
          .thenComparing(LogSegment::last)
          .thenComparingLong(LogSegment::minTime)
          .thenComparingLong(LogSegment::maxTime);

  /** The numbers of a commit order, see {@link org.anabranch.model.Position}. */
  public record Place(long major, long minor, long row) implements Comparable<Place> {

    private static final Comparator<Place> ORDER =
        Comparator.comparingLong(Place::major)
            .thenComparingLong(Place::minor)
            .thenComparingLong(Place::row);

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }

    static Place least(Place left, Place right) {
      return left.compareTo(right) <= 0 ? left : right;
    }

    static Place greatest(Place left, Place right) {
      return left.compareTo(right) >= 0 ? left : right;
    }
  }

  /** Whether another segment goes on where this one ends, or repeats a part of it. */
  boolean isContinuedBy(LogSegment next) {
    if (isSnapshot != next.isSnapshot) {
      return false;
    }

    boolean goesOn = lastOffset < next.firstOffset && last.compareTo(next.first) <= 0;
    boolean repeats =
        firstOffset <= next.firstOffset
            && next.lastOffset <= lastOffset
            && first.compareTo(next.first) <= 0
            && next.last.compareTo(last) <= 0;
    return goesOn || repeats;
  }

  /** Both as one stretch. */
  LogSegment join(LogSegment other) {
    return new LogSegment(
        isSnapshot,
        Math.min(firstOffset, other.firstOffset),
        Math.max(lastOffset, other.lastOffset),
        Place.least(first, other.first),
        Place.greatest(last, other.last),
        Math.min(minTime, other.minTime),
        Math.max(maxTime, other.maxTime));
  }
}
