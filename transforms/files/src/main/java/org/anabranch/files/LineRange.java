package org.anabranch.files;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.anabranch.transforms.parse.CutRecord;

/**
 * The lines that begin in a range of a file, in blocks of whole lines. Reading starts one byte
 * early: when that byte ends a line, the next one begins in the range, otherwise the rest of the
 * line belongs to the range before. Holds one block, or the longest line that may be.
 *
 * @param first first byte of the range
 * @param end byte behind the range
 * @param blockBytes size of a block; one that holds a longer line is larger
 * @param maxLineBytes longest line that is held; of a longer one only what {@link CutRecord} keeps
 */
record LineRange(long first, long end, int blockBytes, int maxLineBytes) {

  /** Takes blocks of whole lines; the last line of a file may lack its line feed. */
  interface BlockReceiver {

    void accept(long offset, byte[] bytes, int from, int to);

    /** Takes a line that is too long for a block, without its line feed. */
    void tooLong(long offset, CutRecord line);
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

      long last = end - offset;
      if (from >= last) {
        return;
      }

      int to = isEnd ? filled : lastLineEnd(buffer, from, filled);
      if (to > last) {
        to = lineEndFrom(buffer, (int) last - 1, to);
      }

      if (to < 0 && filled - from > maxLineBytes) {
        CutRecord line = new CutRecord();
        line.add(buffer, from, filled);
        filled = passLine(in, buffer, line);
        receiver.tooLong(offset + from, line);
        if (filled < 0) {
          return;
        }

        offset += from + line.length() + 1;
        continue;
      }

      if (to < 0) {
        to = from;
        buffer = from > 0 ? buffer : Arrays.copyOf(buffer, nextSize(buffer.length));
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

  /** Size of a buffer that may hold the line: one byte more than may be says that it is longer. */
  private int nextSize(int size) {
    return (int) Math.min(2L * size, maxLineBytes + 1L);
  }

  /**
   * Reads the rest of a line.
   *
   * @return how many bytes the buffer then has of what is behind the line; -1 at the end of the
   *     file
   */
  private static int passLine(InputStream in, byte[] buffer, CutRecord line) throws IOException {
    while (true) {
      int read = in.read(buffer, 0, buffer.length);
      if (read < 0) {
        return -1;
      }

      int next = indexAfterLine(buffer, 0, read);
      if (next >= 0) {
        line.add(buffer, 0, next - 1);
        System.arraycopy(buffer, next, buffer, 0, read - next);
        return read - next;
      }

      line.add(buffer, 0, read);
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
