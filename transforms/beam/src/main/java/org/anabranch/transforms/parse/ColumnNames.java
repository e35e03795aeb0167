package org.anabranch.transforms.parse;

import java.nio.charset.StandardCharsets;
import org.anabranch.model.PrintableText;
import org.jspecify.annotations.Nullable;

/** Which names columns can have. The answer depends on the name alone. */
final class ColumnNames {

  private static final int MAX_BYTES = 1_000;
  private static final int SHOWN = 60;

  /** What the names of the columns that describe a row begin with. */
  private static final String METADATA = "_ab_";

  /** What the name of a list is followed by in the name of its elements. */
  private static final String ELEMENT = ".element";

  private ColumnNames() {}

  /** Why no column can have the name, as a sentence that names it; null where one can. */
  static @Nullable String fault(String name) {
    if (name.isEmpty()) {
      return "a column has an empty name";
    }

    if (name.startsWith(METADATA)) {
      return "column `"
          + shown(name)
          + "` begins with "
          + METADATA
          + ", as only columns of ours do";
    }

    if (name.endsWith(ELEMENT)) {
      return "column `" + shown(name) + "` ends in " + ELEMENT + ", as the elements of a list do";
    }

    if (name.length() > MAX_BYTES / 4 && name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      return "column `" + shown(name) + "` has a name of more than " + MAX_BYTES + " bytes";
    }

    for (int i = 0; i < name.length(); i++) {
      if (PrintableText.isControl(name.charAt(i))) {
        return "column `" + shown(name) + "` has a control character in its name";
      }
    }

    return hasLoneSurrogate(name)
        ? "column `" + shown(name) + "` has half of a surrogate pair in its name"
        : null;
  }

  /** Whether the text cannot be written as UTF-8. */
  static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean isPair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!isPair) {
          return true;
        }

        i++;
      }
    }

    return false;
  }

  /** The name for people: its beginning, without control characters and lone surrogates. */
  static String shown(String name) {
    String start = name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "...";
    StringBuilder shown = new StringBuilder();
    start
        .codePoints()
        .forEach(
            c -> {
              boolean isHidden =
                  PrintableText.isControl(c) || Character.getType(c) == Character.SURROGATE;
              if (isHidden) {
                shown.append(PrintableText.escape(c));
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }
}
