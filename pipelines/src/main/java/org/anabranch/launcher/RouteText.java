package org.anabranch.launcher;

import java.util.ArrayList;
import java.util.List;
import org.anabranch.transforms.parse.Route;
import org.anabranch.transforms.parse.Route.Column;
import org.anabranch.transforms.parse.Route.Use;

/**
 * Routes as an option of one line writes them: {@code /REGEX/=TABLE} or {@code
 * /REGEX/=TABLE[COLUMN=VALUE,+COLUMN=VALUE]}, separated by commas. The expression ends at the first
 * {@code /=} without a backslash before it, so that commas and brackets may be in it.
 */
final class RouteText {

  private final String text;
  private int at;

  private RouteText(String text) {
    this.text = text;
  }

  /**
   * Reads routes.
   *
   * @throws WrongCallException naming the option and its form
   */
  static List<Route> routes(Settings settings, OptionSpec option) {
    String text = settings.find(option);
    if (text == null) {
      return List.of();
    }

    try {
      return new RouteText(text).read();
    } catch (IllegalArgumentException e) {
      throw settings.wrong(option, "must be a list of routes: " + Reasons.ofMessage(e));
    }
  }

  private List<Route> read() {
    List<Route> routes = new ArrayList<>();
    do {
      routes.add(route());
    } while (isNext(','));

    if (at < text.length()) {
      throw malformed();
    }

    return routes;
  }

  private Route route() {
    if (!isNext('/')) {
      throw malformed();
    }

    int start = at;
    while (at < text.length() && !text.startsWith("/=", at)) {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }

    if (at >= text.length()) {
      throw malformed();
    }

    String pattern = text.substring(start, at);
    at += 2;
    String table = upTo("[,");
    List<Column> columns = new ArrayList<>();
    if (isNext('[')) {
      do {
        columns.add(column());
      } while (isNext(','));

      if (!isNext(']')) {
        throw malformed();
      }
    }

    return new Route(pattern, table, columns);
  }

  private Column column() {
    Use use = isNext('+') ? Use.KEY : Use.PLAIN;
    String name = upTo("=,]");
    if (!isNext('=')) {
      throw malformed();
    }

    return new Column(name, upTo(",]"), use);
  }

  /** The text up to one of these characters, which a backslash makes ordinary. */
  private String upTo(String ends) {
    int start = at;
    while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }

    at = Math.min(at, text.length());
    return text.substring(start, at).strip();
  }

  /** Whether the character is the next one but blanks; goes behind it if so. */
  private boolean isNext(char expected) {
    int next = at;
    while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
      next++;
    }

    boolean isThere = next < text.length() && text.charAt(next) == expected;
    if (isThere) {
      at = next + 1;
    }

    return isThere;
  }

  private IllegalArgumentException malformed() {
    String rest = at < text.length() ? text.substring(at) : "its end";
    return new IllegalArgumentException(
        "each looks like /REGEX/=TABLE or /REGEX/=TABLE[COLUMN=VALUE,+COLUMN=VALUE], but not at: "
            + rest);
  }
}
