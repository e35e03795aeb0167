package org.anabranch.transforms.source;

import java.util.Comparator;

/**
 * Where in a log the numbers of a source started again.
 *
 * @param source who numbers the changes
 * @param log the log and its partition, {@code LOG/PARTITION}
 * @param offset of the first record of the new generation; {@link #MADE_ANEW} where the log was
 *     made anew, so that offsets started again, too
 * @param micros source time of the first record of the new generation
 */
public record FoundBoundary(String source, String log, long offset, long micros)
    implements Comparable<FoundBoundary> {

  /** Offset of a boundary where offsets say nothing. */
  public static final long MADE_ANEW = -1;

  private static final Comparator<FoundBoundary> ORDER =
      Comparator.comparing(FoundBoundary::source)
          .thenComparing(FoundBoundary::log)
          .thenComparingLong(FoundBoundary::offset)
          .thenComparingLong(boundary -> boundary.isAnew() ? boundary.micros() : 0);

  /** Whether the log was made anew there. */
  boolean isAnew() {
    return offset == MADE_ANEW;
  }

  @Override
  public int compareTo(FoundBoundary other) {
    return ORDER.compare(this, other);
  }
}
