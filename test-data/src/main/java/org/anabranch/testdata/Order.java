package org.anabranch.testdata;

import java.util.Locale;

/** A row of the shop's orders table; its replica identity is FULL, so every image is whole. */
final class Order {

  static final String TABLE = "orders";

  final long id;
  long customerId;
  Status status = Status.NEW;
  long amountCents;
  final long orderedMicros;
  long updatedMicros;

  Order(long id, long customerId, long amountCents, long orderedMicros) {
    this.id = id;
    this.customerId = customerId;
    this.amountCents = amountCents;
    this.orderedMicros = orderedMicros;
    this.updatedMicros = orderedMicros;
  }

  String key() {
    return new JsonObject().number("order_id", id).toString();
  }

  String image() {
    return new JsonObject()
        .number("order_id", id)
        .number("customer_id", customerId)
        .text("status", status.name().toLowerCase(Locale.ROOT))
        .text("amount", amountCents / 100 + "." + amountCents / 10 % 10 + amountCents % 10)
        .text("currency", "EUR")
        .number("ordered_at", orderedMicros)
        .number("updated_at", updatedMicros)
        .toString();
  }

  /** The life of an order. */
  enum Status {
    NEW,
    PAID,
    SHIPPED,
    DELIVERED,
    CANCELLED;

    boolean isOpen() {
      return this != DELIVERED && this != CANCELLED;
    }

    /** Returns the state that follows; some orders that are not yet shipped are cancelled. */
    Status next(Dice dice) {
      return switch (this) {
        case NEW -> dice.chance(0.12) ? CANCELLED : PAID;
        case PAID -> dice.chance(0.04) ? CANCELLED : SHIPPED;
        default -> DELIVERED;
      };
    }
  }
}
