package org.anabranch.testdata;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of the shop's customers table as the simulation changes it, and its images as Debezium
 * writes them. Notes are kept as a seed and a length, not as text, so that a million customers fit
 * in memory.
 */
final class Customer {

  static final String TABLE = "customers";
  static final String UNAVAILABLE = "__debezium_unavailable_value";
  static final int NO_VALUE = Integer.MIN_VALUE;
  static final int GONE = -1;

  // PostgreSQL stores values beyond about 2 kB out of line; shorter notes stand in for them here.
  private static final int OUT_OF_LINE_LENGTH = 300;

  long id;
  String name;
  String email;
  String country;
  String tier;
  boolean marketingOptIn;
  int birthDay;
  long createdMicros;
  long updatedMicros;
  int loyaltyPoints = NO_VALUE;
  final List<Order> orders = new ArrayList<>(2);

  /** The index in the shop's list of customers, or {@link #GONE}. */
  int place = GONE;

  private long notesSeed;
  private int notesLength;

  private Customer(long id, long nowMicros, Dice dice) {
    this.id = id;
    this.name = Vocabulary.name(dice);
    this.email = Vocabulary.email(dice, id);
    this.country = dice.pick(Vocabulary.COUNTRIES);
    this.tier = dice.chance(0.7) ? "bronze" : dice.pick(Vocabulary.TIERS);
    this.marketingOptIn = dice.chance(0.6);
    this.birthDay = dice.chance(0.25) ? NO_VALUE : dice.between(-9_000, 13_000);
    this.createdMicros = nowMicros;
    this.updatedMicros = nowMicros;
    rewriteNotes(dice);
  }

  static Customer registered(long id, long nowMicros, Dice dice) {
    return new Customer(id, nowMicros, dice);
  }

  /** Gives this customer other notes: long ones for a fifth, short ones for a third, else none. */
  void rewriteNotes(Dice dice) {
    notesSeed = dice.nextLong();
    double kind = dice.unit();
    if (kind < 0.2) {
      notesLength = dice.between(OUT_OF_LINE_LENGTH, 900);
      return;
    }

    notesLength = kind < 0.55 ? dice.between(5, 120) : 0;
  }

  /** Returns whether an update that does not touch the notes leaves them out of its image. */
  boolean notesAreOutOfLine() {
    return notesLength >= OUT_OF_LINE_LENGTH;
  }

  String key() {
    return keyOf(id);
  }

  static String keyOf(long id) {
    return new JsonObject().number("id", id).toString();
  }

  String fullImage(Columns columns) {
    return image(columns, notesLength == 0 ? null : Vocabulary.notes(notesSeed, notesLength));
  }

  /** Returns the image of a change that left the notes alone. */
  String imageWithoutUnchangedNotes(Columns columns) {
    return notesAreOutOfLine() ? image(columns, UNAVAILABLE) : fullImage(columns);
  }

  /** Returns the before image of a delete: only the key is real, NOT NULL columns are invented. */
  static String deletedImage(long id, Columns columns) {
    JsonObject image =
        new JsonObject()
            .number("id", id)
            .text("name", "")
            .text("email", "")
            .text("country", "")
            .text("tier", "")
            .text("notes", null)
            .flag("marketing_opt_in", false)
            .text("birth_date", null)
            .number("created_at", 0)
            .number("updated_at", 0);
    return withLoyaltyPoints(image, columns, NO_VALUE).toString();
  }

  private String image(Columns columns, @Nullable String notes) {
    JsonObject image =
        new JsonObject()
            .number("id", id)
            .text("name", name)
            .text("email", email)
            .text("country", country)
            .text("tier", tier)
            .text("notes", notes)
            .flag("marketing_opt_in", marketingOptIn)
            .raw("birth_date", numberOrNull(birthDay))
            .number("created_at", createdMicros)
            .number("updated_at", updatedMicros);
    return withLoyaltyPoints(image, columns, loyaltyPoints).toString();
  }

  private static JsonObject withLoyaltyPoints(JsonObject image, Columns columns, int points) {
    if (columns == Columns.ORIGINAL) {
      return image;
    }

    return image.raw("loyalty_points", numberOrNull(points));
  }

  private static @Nullable String numberOrNull(int value) {
    return value == NO_VALUE ? null : Integer.toString(value);
  }

  /** Which columns the table has. */
  enum Columns {
    ORIGINAL,
    WITH_LOYALTY_POINTS
  }
}
