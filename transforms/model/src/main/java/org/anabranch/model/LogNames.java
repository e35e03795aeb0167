package org.anabranch.model;

import java.util.Comparator;

/**
 * The order of the names of logs: as text, but digits in them compare as numbers, so that {@code
 * changes-9} is before {@code changes-10}. Names that say the same numbers in other digits ({@code
 * 7} and {@code 07}) are in the order of their characters.
 */
public final class LogNames {

  /** The order; only equal names are equal in it. */
  public static final Comparator<String> ORDER = LogNames::compare;

  private LogNames() {}

  static int compare(String left, String right) {
    if (left.equals(right)) {
      return 0;
    }

    int i = 0;
    int j = 0;
    while (i < left.length() && j < right.length()) {
      char a = left.charAt(i);
      char b = right.charAt(j);
      if (!isDigit(a) || !isDigit(b)) {
        if (a != b) {
          return Character.compare(a, b);
        }

        i++;
        j++;
        continue;
      }

      int endOfLeft = endOfDigits(left, i);
      int endOfRight = endOfDigits(right, j);
      int order = compareNumbers(left, i, endOfLeft, right, j, endOfRight);
      if (order != 0) {
        return order;
      }

      i = endOfLeft;
      j = endOfRight;
    }

    int order = Integer.compare(left.length() - i, right.length() - j);
    return order != 0 ? order : left.compareTo(right);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int endOfDigits(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }

    return end;
  }

  /** Without leading zeros the longer number is the greater one. */
  private static int compareNumbers(
      String left, int from, int to, String right, int otherFrom, int otherTo) {
    int i = skipZeros(left, from, to);
    int j = skipZeros(right, otherFrom, otherTo);
    int order = Integer.compare(to - i, otherTo - j);
    for (; order == 0 && i < to; i++, j++) {
      order = Character.compare(left.charAt(i), right.charAt(j));
    }

    return order;
  }

  private static int skipZeros(String text, int from, int to) {
    int at = from;
    while (at < to && text.charAt(at) == '0') {
      at++;
    }

    return at;
  }
}
