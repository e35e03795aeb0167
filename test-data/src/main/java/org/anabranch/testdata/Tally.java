package org.anabranch.testdata;

import java.util.SortedMap;
import java.util.TreeMap;

/** Counts of what was written and of what happened in the shop. */
final class Tally {

  long lines;
  long bytes;
  long ignored;
  long redelivered;
  long retried;
  private final SortedMap<String, Long> broken = new TreeMap<>();
  private final SortedMap<String, Long> happenings = new TreeMap<>();

  void broken(String reason) {
    broken.merge(reason, 1L, Long::sum);
  }

  void happened(String what) {
    happenings.merge(what, 1L, Long::sum);
  }

  ShopGenerator.Generated total() {
    return new ShopGenerator.Generated(
        lines, bytes, ignored, redelivered, retried, broken, happenings);
  }
}
