package org.anabranch.testdata;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What visitors do: events of an application log, some anonymous, some long after they occurred.
 */
final class Visits {

  private static final int PARTITIONS = 3;
  private static final long FIRST_UNKNOWN_ID = 900_000_000_000L;
  private static final long LONGEST_DELAY_MILLIS = 6L * 24 * 60 * 60 * 1000;
  private static final DateTimeFormatter ISO_MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final List<Kind> KINDS =
      List.of(
          new Kind("page_view", "web"),
          new Kind("page_view", "web"),
          new Kind("page_view", "web"),
          new Kind("app_open", "app"),
          new Kind("app_open", "app"),
          new Kind("email_click", "email"),
          new Kind("support_call", "phone"),
          new Kind("store_visit", "store"));

  private final Dice dice;
  private final Shop shop;
  private final Tally tally;
  private long events = 36L * 36 * 36 * 36 * 36;

  Visits(Dice dice, Shop shop, Tally tally) {
    this.dice = dice;
    this.shop = shop;
    this.tally = tally;
  }

  LogRecord next(long nowMicros) {
    Customer visitor = shop.visitor();
    Long customerId = customerId(visitor);
    Kind kind = dice.pick(KINDS);
    String country = dice.chance(0.9) ? visitor.country : dice.pick(Vocabulary.COUNTRIES);
    JsonObject value =
        new JsonObject()
            .text("event_id", "e-" + Long.toString(++events, Character.MAX_RADIX))
            .raw("customer_id", customerId == null ? null : customerId.toString())
            .text("type", kind.type)
            .text("channel", kind.channel)
            .text("country", country)
            .number("seconds", dice.below(kind.channel.equals("phone") ? 1800 : 240))
            .number("value_cents", dice.chance(0.2) ? dice.below(20_000) : 0)
            .text("occurred_at", occurredAt(nowMicros / 1000));
    if (customerId == null) {
      int partition = dice.below(PARTITIONS);
      return new LogRecord(LogRecord.INTERACTIONS, partition, null, value.toString(), null);
    }

    String key = new JsonObject().number("customer_id", customerId).toString();
    int partition = (int) (customerId % PARTITIONS);
    return new LogRecord(LogRecord.INTERACTIONS, partition, key, value.toString(), null);
  }

  private @Nullable Long customerId(Customer visitor) {
    double who = dice.unit();
    if (who < 0.15) {
      return null;
    }

    if (who < 0.155) {
      tally.happened("interactions of unknown customers");
      return FIRST_UNKNOWN_ID + dice.below(1_000);
    }

    Long departed = who < 0.165 ? shop.departedId() : null;
    if (departed != null) {
      tally.happened("interactions of departed customers");
      return departed;
    }

    return visitor.id;
  }

  private String occurredAt(long nowMillis) {
    if (dice.chance(0.025)) {
      tally.happened("interactions logged late");
      double unit = dice.unit();
      return ISO_MILLIS.format(
          Instant.ofEpochMilli(nowMillis - 60_000 - (long) (unit * LONGEST_DELAY_MILLIS)));
    }

    return ISO_MILLIS.format(Instant.ofEpochMilli(nowMillis - dice.below(20_000)));
  }

  private record Kind(String type, String channel) {}
}
