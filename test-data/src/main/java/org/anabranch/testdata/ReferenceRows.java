package org.anabranch.testdata;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of the reference job look: made from a seed, the table, the row's id and its
 * version, and nothing else.
 */
final class ReferenceRows {

  private static final List<String> STATES =
      List.of("new", "paid", "packed", "shipped", "delivered", "returned");
  private static final int VERSION_BITS = 24;
  private static final int VERSIONS_PER_PROFILE = 4;

  private final long customerSeed;
  private final long orderSeed;
  private final int customers;

  /**
   * @param customers number of customers an order may belong to
   */
  ReferenceRows(Dice dice, int customers) {
    this.customerSeed = dice.nextLong();
    this.orderSeed = dice.nextLong();
    this.customers = customers;
  }

  String customer(int id, int version, long updatedMicros) {
    Dice person = dice(customerSeed, id, 0);
    Dice now = dice(customerSeed, id, version);
    return new JsonObject()
        .number("id", id)
        .text("name", Vocabulary.name(person))
        .text("email", "c" + id + "." + now.below(100) + "@example.com")
        .text("country", person.pick(Vocabulary.COUNTRIES))
        .text("tier", now.chance(0.7) ? "bronze" : now.pick(Vocabulary.TIERS))
        .text("balance", decimal(now.between(-100_000, 9_900_000)))
        .text("profile", profile(id, version))
        .number("version", version)
        .number("updated_at", updatedMicros)
        .toString();
  }

  String order(int id, int version, long updatedMicros) {
    Dice made = dice(orderSeed, id, 0);
    Dice now = dice(orderSeed, id, version);
    return new JsonObject()
        .number("id", id)
        .number("customer_id", made.between(1, customers))
        .text("amount", decimal(made.below(500_000)))
        .text("status", now.pick(STATES))
        .number("version", version)
        .number("updated_at", updatedMicros)
        .toString();
  }

  /** Long for three rows in ten, missing for one in sixteen, else short. */
  private @Nullable String profile(int id, int version) {
    // From the other end, so that a profile shares no dice with a version.
    Dice dice = dice(customerSeed, id, -1 - version / VERSIONS_PER_PROFILE);
    double kind = dice.unit();
    if (kind < 0.3) {
      return Vocabulary.notes(dice.nextLong(), dice.between(200, 400));
    }

    return kind < 0.3625 ? null : "likes " + dice.pick(STATES);
  }

  private static Dice dice(long seed, int id, int version) {
    return new Dice(seed + ((long) id << VERSION_BITS) + version);
  }

  private static String decimal(int hundredths) {
    int whole = Math.abs(hundredths) / 100;
    int rest = Math.abs(hundredths) % 100;
    return (hundredths < 0 ? "-" : "") + whole + (rest < 10 ? ".0" : ".") + rest;
  }
}
