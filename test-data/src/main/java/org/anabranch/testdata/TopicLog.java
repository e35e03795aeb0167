package org.anabranch.testdata;

import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * The topics. Numbers the records of each partition without gaps, appends some a second time a
 * little later, as a producer does that missed the acknowledgement, and puts broken records in
 * between.
 */
final class TopicLog {

  private static final int LONGEST_RETRY_DISTANCE = 300;

  private final Dice dice;
  private final double retried;
  private final double broken;
  private final Delivery delivery;
  private final Tally tally;
  private final Map<String, Long> nextOffsets = new HashMap<>();
  private final PriorityQueue<Retry> retries = new PriorityQueue<>();
  private long appended;

  TopicLog(Dice dice, double retried, double broken, Delivery delivery, Tally tally) {
    this.dice = dice;
    this.retried = retried;
    this.broken = broken;
    this.delivery = delivery;
    this.tally = tally;
  }

  void append(LogRecord entry) {
    appendOnce(entry);
    // A tombstone follows its delete; alone and later it would be no faithful repetition.
    if (entry.value() != null && dice.chance(retried)) {
      retries.add(new Retry(appended + dice.between(1, LONGEST_RETRY_DISTANCE), entry));
    }

    if (dice.chance(broken)) {
      BrokenRecords.madeFrom(entry, dice).ifPresent(this::appendBroken);
    }

    while (!retries.isEmpty() && retries.peek().due <= appended) {
      retry();
    }
  }

  /** Appends what is still to be repeated. */
  void close() {
    while (!retries.isEmpty()) {
      retry();
    }
  }

  private void retry() {
    appendOnce(retries.remove().entry);
    tally.retried++;
  }

  private void appendOnce(LogRecord entry) {
    appended++;
    delivery.deliver(entry.line(nextOffset(entry)), entry.isIgnored());
  }

  private void appendBroken(BrokenRecords.Broken broken) {
    delivery.deliverBroken(broken.entry().line(nextOffset(broken.entry())), broken.reason());
  }

  private long nextOffset(LogRecord entry) {
    return nextOffsets.merge(entry.topic() + "-" + entry.partition(), 1L, Long::sum) - 1;
  }

  private record Retry(long due, LogRecord entry) implements Comparable<Retry> {

    @Override
    public int compareTo(Retry other) {
      return Long.compare(due, other.due);
    }
  }
}
