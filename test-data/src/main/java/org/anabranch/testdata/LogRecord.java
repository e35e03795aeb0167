package org.anabranch.testdata;

import org.jspecify.annotations.Nullable;

/**
 * A record on its way into a topic, without its offset. Key, value and headers are JSON text; a
 * null value is a tombstone.
 */
record LogRecord(
    String topic,
    int partition,
    @Nullable String key,
    @Nullable String value,
    @Nullable String headers) {

  static final String CUSTOMERS = "shop.public.customers";
  static final String ORDERS = "shop.public.orders";
  static final String INTERACTIONS = "shop.interactions";
  static final String TRANSACTION = "shop.transaction";
  static final String MESSAGE = "shop.message";

  /** Returns whether readers of the shop's tables and events have no use for this record. */
  boolean isIgnored() {
    return topic.equals(TRANSACTION) || topic.equals(MESSAGE);
  }

  String line(long offset) {
    JsonObject line =
        new JsonObject()
            .text("topic", topic)
            .number("partition", partition)
            .number("offset", offset)
            .raw("key", key)
            .raw("value", value);
    if (headers != null) {
      line.raw("headers", headers);
    }

    return line.toString();
  }
}
