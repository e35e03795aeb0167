package org.anabranch.testdata;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.anabranch.testdata.ShopGenerator.Options;

/**
 * The way of the lines from the topics into the files: some twice, near or far apart, all a little
 * shuffled, a few not before the very end, and damaged lines in between. Memory is bounded by the
 * disorder and the lines held back, not by the number of lines.
 */
final class Delivery {

  /** Of the repeated lines, those repeated by the way into the files; producers repeat the rest. */
  static final double SHARE_OF_DUPLICATES = 0.7;

  /** Of the broken lines, those damaged on the way into the files. */
  static final double SHARE_OF_BROKEN = 0.5;

  private static final double HELD_TO_THE_END = 0.001;
  private static final int MOST_HELD = 10_000;
  private static final int FARTHEST_DUPLICATE = 20_000;
  private static final List<String> NOISE =
      List.of(
          "connection reset by peer",
          "<html><body>502 Bad Gateway</body></html>",
          "{'topic':'shop.public.customers'}",
          "id,name,email,country",
          "{\"topic\":\"shop.interactions\",\"partition\":0,\"offset\":",
          "\\N\t\\N\t\"");

  private final Dice dice;
  private final DataFiles files;
  private final Tally tally;
  private final double duplicates;
  private final double broken;
  private final int disorder;
  private final List<String> shuffled = new ArrayList<>();
  private final List<String> held = new ArrayList<>();
  private final PriorityQueue<FarDuplicate> farDuplicates = new PriorityQueue<>();
  private long delivered;

  Delivery(Dice dice, Options options, DataFiles files, Tally tally) {
    this.dice = dice;
    this.files = files;
    this.tally = tally;
    this.duplicates = options.duplicates() * SHARE_OF_DUPLICATES;
    this.broken = options.broken() * SHARE_OF_BROKEN;
    this.disorder = options.disorder();
  }

  void deliver(String line, boolean ignored) {
    delivered++;
    pass(line);
    if (ignored) {
      tally.ignored++;
    } else if (dice.chance(duplicates)) {
      repeat(line);
    }

    if (dice.chance(broken)) {
      deliverBroken(damaged(line), BrokenRecords.INVALID_JSON);
    }

    while (!farDuplicates.isEmpty() && farDuplicates.peek().due <= delivered) {
      pass(farDuplicates.remove().line);
    }
  }

  void deliverBroken(String line, String reason) {
    tally.broken(reason);
    pass(line);
  }

  /** Writes everything still on its way. */
  void close() {
    while (!farDuplicates.isEmpty()) {
      pass(farDuplicates.remove().line);
    }

    shuffled.addAll(held);
    held.clear();
    while (!shuffled.isEmpty()) {
      files.write(removeAny(shuffled));
    }
  }

  private void repeat(String line) {
    tally.redelivered++;
    if (dice.chance(0.7)) {
      pass(line);
      return;
    }

    farDuplicates.add(new FarDuplicate(delivered + dice.below(FARTHEST_DUPLICATE), line));
  }

  private String damaged(String line) {
    if (dice.chance(0.3)) {
      return dice.pick(NOISE);
    }

    int end = dice.between(line.length() / 10, line.length() - 2);
    return line.substring(0, Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end);
  }

  private void pass(String line) {
    if (disorder == 0) {
      files.write(line);
      return;
    }

    if (held.size() < MOST_HELD && dice.chance(HELD_TO_THE_END)) {
      held.add(line);
      return;
    }

    shuffled.add(line);
    if (shuffled.size() > disorder) {
      files.write(removeAny(shuffled));
    }
  }

  private String removeAny(List<String> lines) {
    int index = dice.below(lines.size());
    String last = lines.remove(lines.size() - 1);
    return index == lines.size() ? last : lines.set(index, last);
  }

  private record FarDuplicate(long due, String line) implements Comparable<FarDuplicate> {

    @Override
    public int compareTo(FarDuplicate other) {
      return Long.compare(due, other.due);
    }
  }
}
