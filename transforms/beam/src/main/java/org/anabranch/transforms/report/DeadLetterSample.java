package org.anabranch.transforms.report;

import java.util.Comparator;

/**
 * One of the records that could not be processed, for people. Of several the one with the least
 * place is shown, so that it is the same whatever the order of the input.
 *
 * @param log topic, or absolute path of a file
 * @param partition of the topic; 0 of a file
 * @param offset in the partition, or byte in the file
 * @param detail what is wrong with it
 */
public record DeadLetterSample(String log, long partition, long offset, String detail)
    implements Comparable<DeadLetterSample> {

  private static final Comparator<DeadLetterSample> BY_PLACE =
      Comparator.comparing(DeadLetterSample::log)
          .thenComparing(DeadLetterSample::partition)
          .thenComparing(DeadLetterSample::offset)
          .thenComparing(DeadLetterSample::detail);

  /** Longest detail in characters; the table of dead letters has all of it. */
  private static final int MAX_DETAIL = 500;

  public DeadLetterSample {
    detail = detail.length() > MAX_DETAIL ? detail.substring(0, MAX_DETAIL) + "..." : detail;
  }

  /** Where it lies, for people. */
  public String place() {
    return log.startsWith("/")
        ? "%s, byte %d".formatted(log, offset)
        : "%s/%d:%d".formatted(log, partition, offset);
  }

  /** The one with the lesser place. */
  public DeadLetterSample join(DeadLetterSample other) {
    return compareTo(other) <= 0 ? this : other;
  }

  @Override
  public int compareTo(DeadLetterSample other) {
    return BY_PLACE.compare(this, other);
  }
}
