package org.anabranch.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The lines that begin in a range of a file, in blocks of whole lines. Reading starts one byte
 * early: when that byte ends a line, the next one begins in the range, otherwise the rest of the
 * line belongs to the range before.
 *
 * @param first first byte of the range
 * @param end byte behind the range
 * @param blockBytes size of a block; one that holds a longer line is larger
 */
record LineRange(long first, long end, int blockBytes) {

  /** Takes blocks of whole lines; the last line of a file may lack its line feed. */
  @FunctionalInterface
  interface BlockReceiver {
    void accept(long offset, byte[] bytes, int from, int to);
  }

  /**
   * Reads the lines.
   *
   * @param start place in the file at which the stream begins: 0, or one byte before the range
   */
  void read(long start, InputStream in, BlockReceiver receiver) throws IOException {
    byte[] buffer = new byte[blockBytes];
    int filled = 0;
    long offset = start;
    boolean skips = first > 0;
    while (offset < end) {
      int read = in.readNBytes(buffer, filled, buffer.length - filled);
      filled += read;
      boolean isEnd = filled < buffer.length;
      int from = 0;
      if (skips) {
        from = indexAfterLine(buffer, 0, filled);
        if (from < 0) {
          if (isEnd) {
            return;
          }

          offset += filled;
          filled = 0;
          continue;
        }

        skips = false;
      }

      int to = isEnd ? filled : lastLineEnd(buffer, from, filled);
      long last = end - offset;
      if (to > last) {
        to = from >= last ? from : lineEndFrom(buffer, (int) last - 1, to);
      }

      if (to < 0) {
        to = from;
        buffer = from > 0 ? buffer : Arrays.copyOf(buffer, buffer.length * 2);
      }

      if (to > from) {
        receiver.accept(offset + from, buffer, from, to);
      }

      if (isEnd || offset + to >= end) {
        return;
      }

      System.arraycopy(buffer, to, buffer, 0, filled - to);
      filled -= to;
      offset += to;
    }
  }

  private static int indexAfterLine(byte[] buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      if (buffer[i] == '\n') {
        return i + 1;
      }
    }

    return -1;
  }

  /** Index behind the last line feed, or -1. */
  private static int lastLineEnd(byte[] buffer, int from, int to) {
    for (int i = to - 1; i >= from; i--) {
      if (buffer[i] == '\n') {
        return i + 1;
      }
    }

    return -1;
  }

  /** Index behind the first line feed at or after {@code at}; {@code to} without one. */
  private static int lineEndFrom(byte[] buffer, int at, int to) {
    int next = indexAfterLine(buffer, at, to);
    return next < 0 ? to : next;
  }
}
