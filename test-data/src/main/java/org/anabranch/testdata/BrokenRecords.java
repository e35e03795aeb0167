package org.anabranch.testdata;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Records no reader can apply: made from sound ones, which stay in the log beside them. */
final class BrokenRecords {

  static final String INVALID_JSON = "invalid-json";
  static final String MISSING_KEY = "missing-key";
  static final String MISSING_EVENT_ID = "missing-event-id";
  static final String WRONG_TYPE = "wrong-type";

  private static final Pattern SOURCE = Pattern.compile("\"source\":(\\{[^}]*})");
  private static final String AMOUNT = "\"amount\":\"";

  private BrokenRecords() {}

  /** Returns a broken variant of a record, if this kind of record has one. */
  static Optional<Broken> madeFrom(LogRecord entry, Dice dice) {
    String value = entry.value();
    if (value == null || entry.isIgnored()) {
      return Optional.empty();
    }

    if (entry.topic().equals(LogRecord.INTERACTIONS)) {
      return Optional.of(brokenInteraction(entry, value, dice.below(4)));
    }

    if (entry.topic().equals(LogRecord.ORDERS) && !isDelete(value) && dice.chance(0.4)) {
      int amount = value.lastIndexOf(AMOUNT) + AMOUNT.length();
      String wrong =
          value.substring(0, amount) + "not-a-number" + value.substring(value.indexOf('"', amount));
      return Optional.of(new Broken(withValue(entry, entry.key(), wrong), WRONG_TYPE));
    }

    return Optional.of(new Broken(withValue(entry, null, withoutRow(value, dice)), MISSING_KEY));
  }

  private static Broken brokenInteraction(LogRecord entry, String value, int kind) {
    String wrong =
        switch (kind) {
          case 0 -> value.replaceFirst("\"event_id\":\"[^\"]*\",", "");
          case 1 -> value.replaceFirst("\"seconds\":\\d+", "\"seconds\":\"abc\"");
          case 2 -> value.replaceFirst("\"value_cents\":\\d+", "\"value_cents\":12.5");
          default -> value.replaceFirst("\"occurred_at\":\"[^\"]*\"", "\"occurred_at\":\"lately\"");
        };
    return new Broken(
        withValue(entry, entry.key(), wrong), kind == 0 ? MISSING_EVENT_ID : WRONG_TYPE);
  }

  private static String withoutRow(String value, Dice dice) {
    Matcher source = SOURCE.matcher(value);
    if (!source.find()) {
      throw new IllegalArgumentException("a change event must have a source, but was: " + value);
    }

    return new JsonObject()
        .raw("before", null)
        .raw("after", null)
        .raw("source", source.group(1))
        .text("op", dice.chance(0.5) ? "d" : "u")
        .raw("ts_ms", null)
        .toString();
  }

  private static boolean isDelete(String value) {
    return value.contains("\"op\":\"d\"");
  }

  private static LogRecord withValue(LogRecord entry, @Nullable String key, String value) {
    return new LogRecord(entry.topic(), entry.partition(), key, value, null);
  }

  /** A broken record and why no reader can apply it. */
  record Broken(LogRecord entry, String reason) {}
}
