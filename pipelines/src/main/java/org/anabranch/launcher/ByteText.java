package org.anabranch.launcher;

import java.util.Locale;

/** Sizes for people, in decimal units: {@code 950 B}, {@code 12.3 MB}. */
final class ByteText {

  private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};

  private ByteText() {}

  static String of(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }

    double amount = bytes / 1000.0;
    int unit = 0;
    while (amount >= 999.95 && unit < UNITS.length - 1) {
      amount /= 1000;
      unit++;
    }

    return String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
  }
}
