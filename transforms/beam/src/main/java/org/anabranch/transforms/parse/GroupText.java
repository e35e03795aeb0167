package org.anabranch.transforms.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with groups of a pattern in it: {@code $1} or <code>${name}</code>; a backslash makes the
 * character behind it an ordinary one. A group that took no part in the match is empty.
 */
final class GroupText {

  /** Gives a piece of the text for a match. */
  @FunctionalInterface
  private interface Piece {
    String of(Matcher match);
  }

  private final List<Piece> pieces = new ArrayList<>();

  private GroupText() {}

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException where it names a group that the pattern does not have
   */
  static GroupText of(String text, Pattern pattern) {
    GroupText read = new GroupText();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '$') {
        at = read.addGroup(text, at + 1, pattern);
        continue;
      }

      int escaped = c == '\\' && at + 1 < text.length() ? 1 : 0;
      String plain = text.substring(at + escaped, at + escaped + 1);
      read.pieces.add(match -> plain);
      at += escaped + 1;
    }

    return read;
  }

  /** Adds the group whose number or name begins at a place; gives the place behind it. */
  private int addGroup(String text, int start, Pattern pattern) {
    int end = start;
    if (end < text.length() && text.charAt(end) == '{') {
      end = text.indexOf('}', start);
      String name = end < 0 ? "" : text.substring(start + 1, end);
      if (name.isEmpty() || !pattern.pattern().contains("(?<" + name + ">")) {
        throw unknown(text, pattern);
      }

      pieces.add(match -> Objects.requireNonNullElse(match.group(name), ""));
      return end + 1;
    }

    int groups = pattern.matcher("").groupCount();
    int number = 0;
    while (end < text.length() && isDigit(text.charAt(end))) {
      int longer = number * 10 + text.charAt(end) - '0';
      if (longer > groups) {
        break;
      }

      number = longer;
      end++;
    }

    if (end == start) {
      throw unknown(text, pattern);
    }

    int group = number;
    pieces.add(match -> Objects.requireNonNullElse(match.group(group), ""));
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static IllegalArgumentException unknown(String text, Pattern pattern) {
    return new IllegalArgumentException(
        "'%s' must name groups of /%s/ as $1 or ${name} (\\$ is the character itself)"
            .formatted(text, pattern));
  }

  /** The text for a match. */
  String of(Matcher match) {
    StringBuilder text = new StringBuilder();
    pieces.forEach(piece -> text.append(piece.of(match)));
    return text.toString();
  }
}
