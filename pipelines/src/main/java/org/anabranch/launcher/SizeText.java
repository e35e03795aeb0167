package org.anabranch.launcher;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as options write them: a whole number and a unit, e.g. {@code 64MiB}. */
final class SizeText {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(KiB|MiB|GiB)");

  private SizeText() {}

  /**
   * Reads a size in bytes.
   *
   * @throws IllegalArgumentException saying what is allowed
   */
  static long parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be a size such as 512KiB, 64MiB or 1GiB, but was: " + text);
    }

    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "KiB" -> amount << 10;
      case "MiB" -> amount << 20;
      default -> amount << 30;
    };
  }
}
