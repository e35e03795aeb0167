package org.anabranch.model;

import java.nio.charset.StandardCharsets;

/** Reads what a {@link ByteWriter} wrote. Not thread-safe. */
public final class ByteReader {

  private byte[] bytes;
  private int at;
  private int end;

  public ByteReader(byte[] bytes) {
    this.bytes = bytes;
    end = bytes.length;
  }

  /** Starts over on another slice. */
  public ByteReader reset(byte[] source, int offset, int length) {
    bytes = source;
    at = offset;
    end = offset + length;
    return this;
  }

  public boolean hasMore() {
    return at < end;
  }

  public int position() {
    return at;
  }

  public void skip(int count) {
    at += count;
  }

  public byte[] buffer() {
    return bytes;
  }

  public int readByte() {
    return bytes[at++] & 0xFF;
  }

  public long readVarint() {
    long value = 0;
    int shift = 0;
    while (true) {
      byte next = bytes[at++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }

      shift += 7;
    }
  }

  public int readSize() {
    return (int) readVarint();
  }

  public long readSigned() {
    long value = readVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  public long readLong() {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = (value << 8) | (bytes[at++] & 0xFF);
    }

    return value;
  }

  public byte[] readBytes(int length) {
    byte[] copy = new byte[length];
    System.arraycopy(bytes, at, copy, 0, length);
    at += length;
    return copy;
  }

  public String readString() {
    int length = readSize();
    String text = new String(bytes, at, length, StandardCharsets.UTF_8);
    at += length;
    return text;
  }
}
