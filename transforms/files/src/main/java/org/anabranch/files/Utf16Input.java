package org.anabranch.files;

import java.io.IOException;
import java.io.InputStream;

/**
 * UTF-16 as UTF-8. Half of a surrogate pair becomes the three bytes that its number has in UTF-8,
 * and half a character at the end a byte that no UTF-8 has, so that whoever reads it finds the
 * fault in its line.
 */
final class Utf16Input extends InputStream {

  private static final int BLOCK_BYTES = 1 << 16;
  private static final int NEVER_IN_UTF_8 = 0xFF;

  private final InputStream in;

  /** Which byte of a pair comes first: 0 for the high one, 1 for the low one. */
  private final int high;

  private final byte[] block = new byte[BLOCK_BYTES];
  private int at;
  private int end;
  private boolean isEnd;
  private final byte[] utf8 = new byte[3 * BLOCK_BYTES];
  private int next;
  private int filled;

  private Utf16Input(InputStream in, int high) {
    this.in = in;
    this.high = high;
  }

  static InputStream bigEndian(InputStream in) {
    return new Utf16Input(in, 0);
  }

  static InputStream littleEndian(InputStream in) {
    return new Utf16Input(in, 1);
  }

  @Override
  public int read() throws IOException {
    return fill() ? utf8[next++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }

    if (!fill()) {
      return -1;
    }

    int count = Math.min(length, filled - next);
    System.arraycopy(utf8, next, target, offset, count);
    next += count;
    return count;
  }

  /** Whether there is something to read. */
  private boolean fill() throws IOException {
    while (next == filled) {
      if (isEnd) {
        return false;
      }

      System.arraycopy(block, at, block, 0, end - at);
      end -= at;
      at = 0;
      end += in.readNBytes(block, end, block.length - end);
      isEnd = end < block.length;
      next = 0;
      filled = 0;
      encode();
    }

    return true;
  }

  /** Encodes the block, but not half a pair at its end where more is to come. */
  private void encode() {
    while (end - at >= 2) {
      int unit = unit(at);
      if (Character.isHighSurrogate((char) unit)) {
        if (end - at < 4 && !isEnd) {
          return;
        }

        if (end - at >= 4 && Character.isLowSurrogate((char) unit(at + 2))) {
          write(Character.toCodePoint((char) unit, (char) unit(at + 2)));
          at += 4;
          continue;
        }
      }

      write(unit);
      at += 2;
    }

    if (isEnd && at < end) {
      utf8[filled++] = (byte) NEVER_IN_UTF_8;
      at = end;
    }
  }

  private int unit(int index) {
    return (block[index + high] & 0xFF) << 8 | (block[index + 1 - high] & 0xFF);
  }

  private void write(int code) {
    if (code < 0x80) {
      utf8[filled++] = (byte) code;
    } else if (code < 0x800) {
      utf8[filled++] = (byte) (0xC0 | (code >> 6));
      utf8[filled++] = (byte) (0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      utf8[filled++] = (byte) (0xE0 | (code >> 12));
      utf8[filled++] = (byte) (0x80 | ((code >> 6) & 0x3F));
      utf8[filled++] = (byte) (0x80 | (code & 0x3F));
    } else {
      utf8[filled++] = (byte) (0xF0 | (code >> 18));
      utf8[filled++] = (byte) (0x80 | ((code >> 12) & 0x3F));
      utf8[filled++] = (byte) (0x80 | ((code >> 6) & 0x3F));
      utf8[filled++] = (byte) (0x80 | (code & 0x3F));
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
