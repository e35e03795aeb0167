package org.anabranch.launcher;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as options write them: a whole number and a unit, e.g. {@code 30s} or {@code 15m}. */
final class DurationText {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  private DurationText() {}

  /**
   * Reads a duration that is not zero.
   *
   * @throws IllegalArgumentException saying what is allowed
   */
  static Duration parse(String text) {
    Duration duration = parseOrZero(text);
    if (duration.isZero()) {
      throw wrong(text);
    }

    return duration;
  }

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException saying what is allowed
   */
  static Duration parseOrZero(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw wrong(text);
    }

    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "must be a duration such as 500ms, 30s, 15m, 1h or 1d, but was: " + text);
  }
}
