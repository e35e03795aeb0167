package org.anabranch.testdata;

import org.jspecify.annotations.Nullable;

/** Writes one JSON object as compact text, members in the order they are added. */
final class JsonObject {

  private final StringBuilder text = new StringBuilder(256).append('{');

  JsonObject text(String name, @Nullable String value) {
    member(name);
    if (value == null) {
      text.append("null");
      return this;
    }

    appendQuoted(text, value);
    return this;
  }

  JsonObject number(String name, long value) {
    member(name).append(value);
    return this;
  }

  JsonObject flag(String name, boolean value) {
    member(name).append(value);
    return this;
  }

  /** Adds a member whose value is JSON already; null writes the JSON null. */
  JsonObject raw(String name, @Nullable String json) {
    member(name).append(json);
    return this;
  }

  @Override
  public String toString() {
    return text + "}";
  }

  private StringBuilder member(String name) {
    if (text.length() > 1) {
      text.append(',');
    }

    return text.append('"').append(name).append("\":");
  }

  private static void appendQuoted(StringBuilder text, String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < ' ') {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }

    text.append('"');
  }
}
