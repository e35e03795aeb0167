package org.anabranch.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Growing byte buffer with the variable-length numbers of the encoded forms. Not thread-safe. */
public final class ByteWriter {

  private byte[] bytes;
  private int size;
  private int halves;

  public ByteWriter(int capacity) {
    bytes = new byte[Math.max(16, capacity)];
  }

  public int size() {
    return size;
  }

  /** The buffer itself; valid up to {@link #size()} and until the next write. */
  public byte[] buffer() {
    return bytes;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  public void clear() {
    size = 0;
    halves = 0;
  }

  /**
   * How many halves of surrogate pairs, which no UTF-8 has, were written as U+FFFD since the writer
   * was cleared.
   */
  public int halvesReplaced() {
    return halves;
  }

  /** Forgets everything behind the first {@code length} bytes. */
  public void truncate(int length) {
    size = length;
  }

  public void ensure(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }

  public void writeByte(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  public void write(byte[] source, int offset, int length) {
    ensure(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  /** Unsigned LEB128, as in Protocol Buffers. */
  public void writeVarint(long value) {
    ensure(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }

    bytes[size++] = (byte) rest;
  }

  /** Signed number, zigzag then LEB128. */
  public void writeSigned(long value) {
    writeVarint((value << 1) ^ (value >> 63));
  }

  /** Eight bytes, big-endian. */
  public void writeLong(long value) {
    ensure(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  /** Length in bytes, then UTF-8. */
  public void writeString(String text) {
    int at = size;
    int length = text.length();
    ensure(length + 10);
    if (length < 128) {
      size = at + 1;
      if (writeAscii(text)) {
        bytes[at] = (byte) length;
        return;
      }

      size = at;
    }

    if (hasSurrogate(text)) {
      writeChars(text.toCharArray(), 0, length);
      return;
    }

    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    writeVarint(utf8.length);
    write(utf8, 0, utf8.length);
  }

  private static boolean hasSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return true;
      }
    }

    return false;
  }

  private boolean writeAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return false;
      }

      bytes[size++] = (byte) c;
    }

    return true;
  }

  /**
   * Length in bytes, then UTF-8, of characters in a buffer. Half of a surrogate pair is written as
   * U+FFFD.
   */
  public void writeChars(char[] chars, int offset, int length) {
    ensure(length * 3 + 10);
    int start = size;
    int prefix = prefixLength(length);
    int at = start + prefix;
    int end = offset + length;
    int i = offset;
    while (i < end && chars[i] < 0x80) {
      bytes[at++] = (byte) chars[i++];
    }

    if (i < end) {
      at = encode(chars, i, end, at);
    }

    int encoded = at - start - prefix;
    int needed = prefixLength(encoded);
    if (needed != prefix) {
      System.arraycopy(bytes, start + prefix, bytes, start + needed, encoded);
    }

    writeVarint(encoded);
    size = start + needed + encoded;
  }

  private static int prefixLength(int length) {
    int bytes = 1;
    for (int rest = length >>> 7; rest != 0; rest >>>= 7) {
      bytes++;
    }

    return bytes;
  }

  private int encode(char[] chars, int from, int end, int start) {
    int at = start;
    for (int i = from; i < end; i++) {
      char c = chars[i];
      if (c < 0x80) {
        bytes[at++] = (byte) c;
      } else if (c < 0x800) {
        bytes[at++] = (byte) (0xC0 | (c >> 6));
        bytes[at++] = (byte) (0x80 | (c & 0x3F));
      } else if (Character.isHighSurrogate(c)
          && i + 1 < end
          && Character.isLowSurrogate(chars[i + 1])) {
        int code = Character.toCodePoint(c, chars[++i]);
        bytes[at++] = (byte) (0xF0 | (code >> 18));
        bytes[at++] = (byte) (0x80 | ((code >> 12) & 0x3F));
        bytes[at++] = (byte) (0x80 | ((code >> 6) & 0x3F));
        bytes[at++] = (byte) (0x80 | (code & 0x3F));
      } else if (Character.isSurrogate(c)) {
        halves++;
        bytes[at++] = (byte) 0xEF;
        bytes[at++] = (byte) 0xBF;
        bytes[at++] = (byte) 0xBD;
      } else {
        bytes[at++] = (byte) (0xE0 | (c >> 12));
        bytes[at++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        bytes[at++] = (byte) (0x80 | (c & 0x3F));
      }
    }

    return at;
  }
}
