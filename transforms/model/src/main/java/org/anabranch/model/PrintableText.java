package org.anabranch.model;

import java.util.Locale;

/** Text for people in which control characters are visible: {@code \u001b} for an escape. */
public final class PrintableText {

  private PrintableText() {}

  /** Whether a character is a control character: C0, DEL or C1. */
  public static boolean isControl(int c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0);
  }

  /** The text with each control character as the escape of JSON; the text itself without any. */
  public static String of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isControl(text.charAt(i))) {
        return escaped(text);
      }
    }

    return text;
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isControl(c)) {
        out.append(escape(c));
      } else {
        out.append(c);
      }
    }

    return out.toString();
  }

  /** The escape of a control character. */
  public static String escape(int c) {
    return String.format(Locale.ROOT, "\\u%04x", c);
  }
}
