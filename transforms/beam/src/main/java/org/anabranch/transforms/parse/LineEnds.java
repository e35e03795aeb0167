package org.anabranch.transforms.parse;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Finds line feeds eight bytes at a time [1].
 *
 * <p>[1] Determine if a word has a zero byte,
 * https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord
 */
final class LineEnds {

  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
  private static final long LINE_FEEDS = ONES * '\n';

  private LineEnds() {}

  /** Index of the first line feed from {@code from} on; {@code to} without one before it. */
  static int next(byte[] bytes, int from, int to) {
    int at = from;
    for (int last = to - Long.BYTES; at <= last; at += Long.BYTES) {
      long word = (long) WORDS.get(bytes, at) ^ LINE_FEEDS;
      long zeros = (word - ONES) & ~word & HIGH_BITS;
      if (zeros != 0) {
        return at + Long.numberOfTrailingZeros(zeros) / Byte.SIZE;
      }
    }

    while (at < to && bytes[at] != '\n') {
      at++;
    }

    return at;
  }
}
