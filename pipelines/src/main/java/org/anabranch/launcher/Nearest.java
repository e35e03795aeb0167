package org.anabranch.launcher;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The allowed name that a mistyped one was probably meant to be. */
final class Nearest {

  private Nearest() {}

  /**
   * Name with the fewest inserted, deleted, replaced or swapped characters; of several the first in
   * alphabetical order.
   *
   * @throws IllegalArgumentException where nothing is allowed
   */
  static String to(String name, Collection<String> allowed) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return allowed.stream()
        .min(
            Comparator.comparingInt((String candidate) -> distance(wanted, candidate))
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow(() -> new IllegalArgumentException("nothing is allowed"));
  }

  /** The same, if it differs by no more than a slip or two: a third of its characters. */
  static Optional<String> within(String name, Collection<String> allowed) {
    if (allowed.isEmpty()) {
      return Optional.empty();
    }

    String nearest = to(name, allowed);
    int most = Math.max(1, Math.min(3, nearest.length() / 3));
    return distance(name.toLowerCase(Locale.ROOT), nearest.toLowerCase(Locale.ROOT)) <= most
        ? Optional.of(nearest)
        : Optional.empty();
  }

  /** Optimal string alignment distance, row by row. */
  private static int distance(String left, String right) {
    int[] beforeLast = new int[right.length() + 1];
    int[] last = new int[right.length() + 1];
    Arrays.setAll(last, i -> i);
    for (int i = 1; i <= left.length(); i++) {
      int[] current = new int[right.length() + 1];
      current[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int replaced = last[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(last[j], current[j - 1]) + 1);
        boolean isSwap =
            i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        if (isSwap) {
          current[j] = Math.min(current[j], beforeLast[j - 2] + 1);
        }
      }

      beforeLast = last;
      last = current;
    }

    return last[right.length()];
  }
}
