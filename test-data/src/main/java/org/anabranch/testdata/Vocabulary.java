package org.anabranch.testdata;

import java.util.List;
import java.util.Locale;

/** The words the shop is made of. Names and notes hold letters outside ASCII and escapes. */
final class Vocabulary {

  static final List<String> COUNTRIES = List.of("DE", "FR", "NL", "PL", "ES", "IT", "AT", "SE");
  static final List<String> TIERS = List.of("bronze", "silver", "gold");

  private static final List<String> GIVEN_NAMES =
      List.of(
          "Ada", "Anouk", "Björn", "Carla", "Chloé", "Dirk", "Elif", "Emil", "Farah", "Greta",
          "Hugo", "Inês", "Jonas", "Kaja", "Łukasz", "Mira", "Noah", "Olga", "Paula", "Quentin",
          "Rosa", "Søren", "Tamar", "Ulla", "Viktor", "Wanda", "Xenia", "Yusuf", "Zoë", "李娜");
  private static final List<String> FAMILY_NAMES =
      List.of(
          "Almeida",
          "Bauer",
          "Cohen",
          "Dubois",
          "Eriksson",
          "Ferrari",
          "Gómez",
          "Huber",
          "Ivanov",
          "Jansen",
          "Kowalska",
          "Lindqvist",
          "Moreau",
          "Nowak",
          "O'Brien",
          "Peters",
          "Quist",
          "Rossi",
          "Şahin",
          "Torres",
          "Ulrich",
          "Vogel",
          "Weiß",
          "Young",
          "Zając");
  private static final List<String> NOTE_WORDS =
      List.of(
          "asked",
          "about",
          "delivery",
          "prefers",
          "evening",
          "calls",
          "returned",
          "a",
          "parcel",
          "and",
          "the",
          "refund",
          "was",
          "paid",
          "twice",
          "\"urgent\"",
          "says",
          "café",
          "door",
          "code",
          "changed",
          "on",
          "Monday",
          "C:\\orders",
          "please",
          "write",
          "not",
          "phone",
          "wants",
          "an",
          "invoice",
          "for",
          "work",
          "gift",
          "wrapped",
          "with",
          "a\tcard",
          "👍",
          "neighbour",
          "took",
          "it",
          "in",
          "{see",
          "mail}",
          "new",
          "address",
          "is",
          "near",
          "Köln",
          "station,",
          "ring",
          "two",
          "times.\n");

  private Vocabulary() {}

  static String name(Dice dice) {
    return dice.pick(GIVEN_NAMES) + " " + dice.pick(FAMILY_NAMES);
  }

  static String email(Dice dice, long id) {
    String host = dice.pick(List.of("example.com", "example.org", "example.net"));
    return String.format(Locale.ROOT, "c%d.%d@%s", id, dice.below(100), host);
  }

  /** Returns the notes that belong to a seed: words, cut at {@code length} characters. */
  static String notes(long seed, int length) {
    Dice dice = new Dice(seed);
    StringBuilder text = new StringBuilder(length + 16);
    while (text.length() < length) {
      text.append(dice.pick(NOTE_WORDS)).append(' ');
    }

    boolean splitsPair = Character.isHighSurrogate(text.charAt(length - 1));
    return text.substring(0, splitsPair ? length - 1 : length);
  }
}
