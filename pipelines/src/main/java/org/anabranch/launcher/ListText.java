package org.anabranch.launcher;

import java.util.ArrayList;
import java.util.List;

/** Splits the text of options that are lists. */
final class ListText {

  private ListText() {}

  /**
   * Elements without surrounding blanks. A separator within brackets of any kind belongs to its
   * element, as in {@code decimal(12,2)} or {@code part-{1,2}.jsonl}.
   */
  static List<String> split(String text, char separator) {
    List<String> elements = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ("({[<".indexOf(c) >= 0) {
        depth++;
      } else if (")}]>".indexOf(c) >= 0) {
        depth = Math.max(0, depth - 1);
      } else if (c == separator && depth == 0) {
        elements.add(text.substring(start, i).strip());
        start = i + 1;
      }
    }

    elements.add(text.substring(start).strip());
    return elements;
  }
}
