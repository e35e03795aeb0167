package org.anabranch.transforms.parse;

import java.nio.charset.StandardCharsets;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;

/** The start of a value for a line that people read: JSON in which no character has an effect. */
final class ShownValue {

  private static final int MAX_CHARACTERS = 40;

  private ShownValue() {}

  /** Text of the value the reader stands at; moves the reader behind it. */
  static String of(ByteReader value) {
    ByteWriter json = new ByteWriter(64);
    RawJson.writeText(value, json);
    String text = new String(json.buffer(), 0, json.size(), StandardCharsets.UTF_8);
    StringBuilder shown = new StringBuilder();
    int[] characters = text.codePoints().limit(MAX_CHARACTERS + 1L).toArray();
    boolean isCut = characters.length > MAX_CHARACTERS;
    for (int i = 0; i < Math.min(characters.length, MAX_CHARACTERS); i++) {
      append(shown, characters[i]);
    }

    if (isCut) {
      shown.append('…').append(text.charAt(0) == '"' ? "\"" : "");
    }

    return shown.toString();
  }

  private static void append(StringBuilder shown, int character) {
    switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          shown.append("\\u{%x}".formatted(character));
      default -> shown.appendCodePoint(character);
    }
  }
}
