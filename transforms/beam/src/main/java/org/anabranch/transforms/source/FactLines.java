package org.anabranch.transforms.source;

import java.util.ArrayList;
import java.util.List;

/** Lines of parts with tabs between them; tabs, line feeds and backslashes in them are escaped. */
final class FactLines {

  private FactLines() {}

  static String join(String... parts) {
    List<String> escaped = new ArrayList<>();
    for (String part : parts) {
      escaped.add(part.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n"));
    }

    return String.join("\t", escaped);
  }

  static List<String> split(String line) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\t') {
        parts.add(part.toString());
        part.setLength(0);
      } else if (c == '\\' && i + 1 < line.length()) {
        i++;
        char escaped = line.charAt(i);
        part.append(escaped == 't' ? '\t' : escaped == 'n' ? '\n' : escaped);
      } else {
        part.append(c);
      }
    }

    parts.add(part.toString());
    return parts;
  }
}
