package org.anabranch.testdata;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.anabranch.testdata.JsonMembers.Member;
import org.jspecify.annotations.Nullable;

/**
 * Spoils lines, one at a time. A line is its UTF-8 bytes, a character for each, so that any bytes
 * can be in it. A line that a mutation does not fit stays as it is.
 */
final class LineMutator {

  private static final String SOURCE = "/value/source";

  private final Dice dice;

  LineMutator(Dice dice) {
    this.dice = dice;
  }

  String mutate(String line, Mutation mutation) {
    return switch (mutation) {
      case FLIPPED_BITS -> flipInRow(line);
      case CUT -> line.isEmpty() ? line : line.substring(0, 1 + dice.below(line.length()));
      case OTHER_TYPE -> replaceValue(line, otherType(line));
      case OTHER_NAME -> rename(line);
      case EXTREME_VALUE ->
          dice.chance(0.1)
              ? set(line, "/value/ts_ms", OddValues.TIMES)
              : replaceValue(line, dice.pick(OddValues.EXTREMES));
      case DOUBLE_NAME -> doubleName(line);
      case NESTED -> replaceValue(line, OddValues.nested(dice));
      case WRONG_ENCODING -> encode(line);
      case UNUSABLE_POSITION -> position(line);
      case NO_EVENT -> noEvent(line);
      case OTHER_SOURCE ->
          set(line, SOURCE + (dice.chance(0.7) ? "/name" : "/db"), OddValues.SOURCES);
      case OTHER_CONNECTOR -> set(line, SOURCE + "/connector", OddValues.CONNECTORS);
      case OTHER_SCHEMA -> set(line, SOURCE + "/schema", OddValues.SCHEMAS);
      case OTHER_KEY -> set(line, "/key", OddValues.KEYS);
      case OTHER_POSITION ->
          dice.chance(0.5)
              ? set(line, SOURCE + "/lsn", OddValues.OTHER_LSN)
              : set(line, SOURCE + "/sequence", OddValues.SEQUENCES);
      case OTHER_TIME ->
          set(line, SOURCE + (dice.chance(0.5) ? "/ts_ms" : "/ts_us"), OddValues.TIMES);
      // Not the place in the log: no log has two records at one.
      case FLIPPED_ANYWHERE -> flip(line, Math.max(0, line.indexOf("\"key\":")), line.length());
      case OTHER_TABLE -> set(line, SOURCE + "/table", OddValues.TABLES);
      case BINARY_LOG -> binaryLog(line);
      case OTHER_OPERATION ->
          dice.chance(0.5)
              ? set(line, "/value/op", OddValues.OPERATIONS)
              : set(line, dice.chance(0.5) ? "/value/after" : "/value/before", List.of("null"));
    };
  }

  /** Replaces a member's value by one of a choice, or takes the member away. */
  private String set(String line, String path, List<String> choices) {
    Member member = JsonMembers.find(line, path);
    if (member == null) {
      return line;
    }

    return dice.below(choices.size() + 1) == 0
        ? remove(line, member)
        : replace(line, member.from(), member.to(), dice.pick(choices));
  }

  static String replace(String line, int from, int to, String by) {
    return line.substring(0, from) + by + line.substring(to);
  }

  private static String remove(String line, Member member) {
    int from = member.start();
    int to = member.to();
    if (to < line.length() && line.charAt(to) == ',') {
      return replace(line, from, to + 1, "");
    }

    return line.charAt(from - 1) == ','
        ? replace(line, from - 1, to, "")
        : replace(line, from, to, "");
  }

  /** A member of an image or a plain row; now and then of the key. */
  private @Nullable Member rowMember(String line) {
    List<Member> members = JsonMembers.of(line);
    boolean isEvent = members.stream().anyMatch(member -> member.path().equals(SOURCE));
    Predicate<Member> inRow =
        member -> {
          String path = member.path();
          return isEvent
              ? path.startsWith("/value/after/") || path.startsWith("/value/before/")
              : path.startsWith("/value/");
        };
    boolean ofKey = dice.chance(0.1);
    List<Member> choices =
        members.stream()
            .filter(ofKey ? member -> member.path().startsWith("/key/") : inRow)
            .toList();
    return choices.isEmpty() ? null : dice.pick(choices);
  }

  private String replaceValue(String line, String value) {
    Member member = rowMember(line);
    return member == null ? line : replace(line, member.from(), member.to(), value);
  }

  /** A value, or a sign for the number or text that was there as the other of the two. */
  private String otherType(String line) {
    Member member = rowMember(line);
    if (member == null || dice.chance(0.7)) {
      return dice.pick(OddValues.OF_ANY_TYPE);
    }

    String value = member.value(line);
    boolean isPlain = value.indexOf('"') < 0 && value.indexOf('{') < 0 && value.indexOf('[') < 0;
    return isPlain ? "\"" + value + "\"" : "17";
  }

  private String rename(String line) {
    Member member = rowMember(line);
    if (member == null || member.path().startsWith("/key/")) {
      return line;
    }

    return replace(line, member.start() + 1, member.nameEnd() - 1, dice.pick(OddValues.NAMES));
  }

  private String doubleName(String line) {
    if (dice.chance(0.2)) {
      String path = dice.pick(List.of("/value", "/key", "/value/after", "/value/before"));
      Member member = JsonMembers.find(line, path);
      return member == null ? line : beside(line, member, dice.pick(List.of("null", "{}")));
    }

    Member member = rowMember(line);
    if (member == null || member.path().startsWith("/key/")) {
      return line;
    }

    return beside(line, member, dice.pick(OddValues.OF_ANY_TYPE));
  }

  /** Puts a member of the same name in front of one, or behind it. */
  private String beside(String line, Member member, String value) {
    String added = line.substring(member.start(), member.nameEnd()) + ":" + value;
    return dice.chance(0.5)
        ? replace(line, member.start(), member.start(), added + ",")
        : replace(line, member.to(), member.to(), "," + added);
  }

  private String encode(String line) {
    int way = dice.below(10);
    byte[] bytes = line.getBytes(StandardCharsets.ISO_8859_1);
    String text = new String(bytes, StandardCharsets.UTF_8);
    return switch (way) {
      case 0 -> latin1(text.getBytes(StandardCharsets.UTF_16LE));
      case 1 -> latin1(text.getBytes(StandardCharsets.UTF_16));
      case 2 -> OddValues.utf8("\uFEFF") + line;
      case 3 -> line + "\r";
      case 4 -> " \t" + line + " ";
      case 5 -> OddValues.utf8(line);
      default -> inText(line);
    };
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private String inText(String line) {
    Member member = rowMember(line);
    String odd = dice.pick(OddValues.IN_TEXTS);
    if (member == null) {
      return line;
    }

    return line.charAt(member.from()) == '"'
        ? replace(line, member.from() + 1, member.from() + 1, odd)
        : replace(line, member.from(), member.to(), "\"" + odd + "\"");
  }

  /** Of changes only: a row of a snapshot may do without a position. */
  private String position(String line) {
    Member member = JsonMembers.find(line, SOURCE + "/lsn");
    Member snapshot = JsonMembers.find(line, SOURCE + "/snapshot");
    if (member == null || snapshot == null || !snapshot.value(line).equals("\"false\"")) {
      return line;
    }

    String value = dice.chance(0.1) ? "\"" + member.value(line) + "\"" : "";
    return value.isEmpty()
        ? set(line, SOURCE + "/lsn", OddValues.NO_LSN)
        : replace(line, member.from(), member.to(), value);
  }

  private String noEvent(String line) {
    Member value = JsonMembers.find(line, "/value");
    if (value == null || dice.chance(0.6)) {
      return dice.chance(0.1) ? noise() : dice.pick(OddValues.NO_EVENTS);
    }

    List<String> values =
        List.of("{}", "7", "\"text\"", "[]", "{\"a\":1}", "{\"payload\":null}", "{\"op\":\"c\"}");
    return replace(line, value.from(), value.to(), dice.pick(values));
  }

  private String noise() {
    StringBuilder noise = new StringBuilder();
    for (int i = dice.between(1, 200); i > 0; i--) {
      noise.append((char) dice.below(256));
    }

    return noise.toString();
  }

  /** Flips bits where rows and keys have their values, or in a row's names. */
  private String flipInRow(String line) {
    List<int[]> places = new ArrayList<>();
    List<Member> members = JsonMembers.of(line);
    boolean isEvent = members.stream().anyMatch(member -> member.path().equals(SOURCE));
    for (Member member : members) {
      String path = member.path();
      boolean isRow =
          isEvent
              ? path.equals("/value/before") || path.equals("/value/after")
              : path.equals("/value");
      if (isRow || path.startsWith("/key/")) {
        places.add(new int[] {member.from(), member.to()});
      }
    }

    if (places.isEmpty()) {
      return line;
    }

    int[] place = dice.pick(places);
    return flip(line, place[0], place[1]);
  }

  private String flip(String line, int from, int to) {
    if (from == to) {
      return line;
    }

    StringBuilder flipped = new StringBuilder(line);
    for (int hits = dice.between(1, 3); hits > 0; hits--) {
      int at = dice.between(from, to - 1);
      flipped.setCharAt(at, (char) (flipped.charAt(at) ^ (1 << dice.below(8))));
    }

    return flipped.toString();
  }

  /** Makes a change of MySQL of one of PostgreSQL, in the same order; then perhaps a wild one. */
  private String binaryLog(String line) {
    Member source = JsonMembers.find(line, SOURCE);
    Member lsn = JsonMembers.find(line, SOURCE + "/lsn");
    Member table = JsonMembers.find(line, SOURCE + "/table");
    Member time = JsonMembers.find(line, SOURCE + "/ts_ms");
    if (source == null || lsn == null || table == null || time == null) {
      return line;
    }

    long position = Long.parseLong(lsn.value(line));
    String file = "\"mysql-bin.%06d\"".formatted(position / 1_000_000);
    String place = String.valueOf(position % 1_000_000);
    String row = "0";
    if (dice.chance(0.2)) {
      switch (dice.below(3)) {
        case 0 -> file = dice.pick(OddValues.FILES);
        case 1 -> place = dice.pick(OddValues.NO_LSN);
        default -> row = dice.pick(OddValues.NO_LSN);
      }
    }

    String made =
        "{\"connector\":\"mysql\",\"name\":\"shop-mysql\",\"ts_ms\":%s,\"snapshot\":\"false\","
            + "\"db\":\"shop\",\"table\":%s,\"server_id\":1,\"file\":%s,\"pos\":%s,\"row\":%s}";
    return replace(
        line,
        source.from(),
        source.to(),
        made.formatted(time.value(line), table.value(line), file, place, row));
  }
}
