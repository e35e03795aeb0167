package org.anabranch.kafka;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Places in partitions as people write them. */
final class OffsetText {

  private static final Pattern ONE =
      Pattern.compile("\\s*([A-Za-z0-9._-]+/\\d{1,9}):(\\d{1,18})\\s*");

  private OffsetText() {}

  /** Whether the text is meant as offsets; only those have a slash. */
  static boolean isOffsets(String text) {
    return text.indexOf('/') >= 0;
  }

  static Map<String, Long> parse(String text) {
    Map<String, Long> offsets = new TreeMap<>();
    for (String part : text.split(",", -1)) {
      Matcher matcher = ONE.matcher(part);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "an offset must be TOPIC/PARTITION:OFFSET, but was: '" + part + "'");
      }

      if (offsets.put(matcher.group(1), Long.valueOf(matcher.group(2))) != null) {
        throw new IllegalArgumentException(
            "the offset of a partition must be given once, but was: '" + text + "'");
      }
    }

    return offsets;
  }

  static Instant time(String text, String others) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "must be %sa time such as 2026-11-24T20:00:00Z, or TOPIC/PARTITION:OFFSET, but was: '%s'"
              .formatted(others, text),
          e);
    }
  }
}
