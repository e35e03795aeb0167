package org.anabranch.testdata;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the members of the objects in a JSON text, objects in objects included, so that parts of
 * the text can be replaced and all others stay byte for byte. Objects in lists are not looked into.
 */
final class JsonMembers {

  private static final int MAX_DEPTH = 100;

  private final String text;
  private final List<Member> members = new ArrayList<>();
  private int at;
  private int depth;

  private JsonMembers(String text) {
    this.text = text;
  }

  /**
   * A member of an object.
   *
   * @param path names from the outermost object on, each after a slash
   * @param start index of the name's first quote
   * @param nameEnd index behind its last quote
   * @param from index of the value's first character
   * @param to index behind its last one
   */
  record Member(String path, int start, int nameEnd, int from, int to) {

    String name(String text) {
      return text.substring(start + 1, nameEnd - 1);
    }

    String value(String text) {
      return text.substring(from, to);
    }
  }

  /** All members, outer ones before inner ones; none where the text is no JSON, or very deep. */
  static List<Member> of(String text) {
    JsonMembers reader = new JsonMembers(text);
    try {
      reader.value("");
      reader.skipSpace();
      return reader.at == text.length() ? reader.members : List.of();
    } catch (NotJsonException | StringIndexOutOfBoundsException e) {
      return List.of();
    }
  }

  /** The member at a path; null where there is none. */
  static @Nullable Member find(String text, String path) {
    for (Member member : of(text)) {
      if (member.path().equals(path)) {
        return member;
      }
    }

    return null;
  }

  private static final class NotJsonException extends Exception {
    private static final long serialVersionUID = 1;
  }

  private void value(String path) throws NotJsonException {
    skipSpace();
    depth++;
    if (depth > MAX_DEPTH) {
      throw new NotJsonException();
    }

    switch (text.charAt(at)) {
      case '{' -> object(path);
      case '[' -> list();
      case '"' -> string();
      default -> literal();
    }

    depth--;
  }

  private void object(String path) throws NotJsonException {
    at++;
    skipSpace();
    if (text.charAt(at) == '}') {
      at++;
      return;
    }

    while (true) {
      skipSpace();
      int start = at;
      string();
      int nameEnd = at;
      skipSpace();
      expect(':');
      skipSpace();
      int from = at;
      int place = members.size();
      String inner = path + "/" + text.substring(start + 1, nameEnd - 1);
      value(inner);
      members.add(place, new Member(inner, start, nameEnd, from, at));
      skipSpace();
      if (text.charAt(at) == '}') {
        at++;
        return;
      }

      expect(',');
    }
  }

  private void list() throws NotJsonException {
    at++;
    skipSpace();
    if (text.charAt(at) == ']') {
      at++;
      return;
    }

    while (true) {
      int inner = members.size();
      value("");
      members.subList(inner, members.size()).clear();
      skipSpace();
      if (text.charAt(at) == ']') {
        at++;
        return;
      }

      expect(',');
    }
  }

  private void string() throws NotJsonException {
    expect('"');
    while (text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }

    at++;
  }

  private void literal() throws NotJsonException {
    int from = at;
    while (at < text.length() && ",]} \t".indexOf(text.charAt(at)) < 0) {
      at++;
    }

    if (at == from) {
      throw new NotJsonException();
    }
  }

  private void skipSpace() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  private void expect(char wanted) throws NotJsonException {
    if (text.charAt(at) != wanted) {
      throw new NotJsonException();
    }

    at++;
  }
}
