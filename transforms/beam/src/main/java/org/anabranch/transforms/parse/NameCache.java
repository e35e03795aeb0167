package org.anabranch.transforms.parse;

import org.jspecify.annotations.Nullable;

/**
 * Strings for texts that come again with every record: names of servers, tables and log files. A
 * direct-mapped cache, so that a text seen before costs neither an allocation nor a copy.
 */
final class NameCache {

  private static final int SLOTS = 1024;

  private final @Nullable String[] slots = new @Nullable String[SLOTS];

  String get(char[] chars, int offset, int length) {
    int hash = length;
    for (int i = offset; i < offset + length; i++) {
      hash = 31 * hash + chars[i];
    }

    int slot = (hash ^ hash >>> 15) & (SLOTS - 1);
    String known = slots[slot];
    if (known != null && same(known, chars, offset, length)) {
      return known;
    }

    String text = new String(chars, offset, length);
    slots[slot] = text;
    return text;
  }

  private static boolean same(String known, char[] chars, int offset, int length) {
    if (known.length() != length) {
      return false;
    }

    for (int i = 0; i < length; i++) {
      if (known.charAt(i) != chars[offset + i]) {
        return false;
      }
    }

    return true;
  }
}
