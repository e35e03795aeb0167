package org.anabranch.parquet;

/** Texts of booleans in a column that has numbers too, where they are 1 and 0. */
public final class MixedText {

  private static final int TRUE = 't' << 24 | 'r' << 16 | 'u' << 8 | 'e';
  private static final int FALSE = 'f' << 24 | 'a' << 16 | 'l' << 8 | 's';

  private MixedText() {}

  /** The digit that stands for a text in UTF-8; -1 where it is not that of a boolean. */
  public static int digit(byte[] bytes, int offset, int length) {
    if (length != 4 && length != 5) {
      return -1;
    }

    int start =
        bytes[offset] << 24 | bytes[offset + 1] << 16 | bytes[offset + 2] << 8 | bytes[offset + 3];
    if (length == 4) {
      return start == TRUE ? '1' : -1;
    }

    return start == FALSE && bytes[offset + 4] == 'e' ? '0' : -1;
  }
}
