package org.anabranch.testdata;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Reproducible random choices. Every choice is derived from {@link SplittableRandom#nextLong()} by
 * integer or exact floating-point arithmetic, so a seed gives the same choices on every JDK.
 */
final class Dice {

  private final SplittableRandom random;

  Dice(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Returns independent dice; their use does not change the sequence of these. */
  Dice split() {
    return new Dice(random.nextLong());
  }

  long nextLong() {
    return random.nextLong();
  }

  /** Returns a number in [0, bound); {@code bound} is at least 1. */
  int below(int bound) {
    return (int) (((random.nextLong() >>> 33) * bound) >>> 31);
  }

  /** Returns a number in [from, to], both included. */
  int between(int from, int to) {
    return from + below(to - from + 1);
  }

  /** Returns a number in [0, 1). */
  double unit() {
    return (random.nextLong() >>> 11) * 0x1.0p-53;
  }

  boolean chance(double probability) {
    return unit() < probability;
  }

  <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }
}
