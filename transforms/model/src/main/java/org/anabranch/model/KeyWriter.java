package org.anabranch.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Encodes row keys: one part per key column, each a tag and a payload such that comparing the bytes
 * as unsigned numbers orders the keys column by column. Numbers that are equal get equal bytes
 * whatever their type was (an {@code int32} key of an imported table and an integer in JSON).
 *
 * <p>Format: INT as 8 bytes with the sign flipped; text as UTF-8 with each zero byte written as
 * {@code 00 FF} and {@code 00 00} at the end; bytes likewise; dates, times and timestamps as INT
 * under their own tags; numbers that are no 64-bit integer as text without trailing zeros under a
 * tag of their own, behind all integers and in no useful order.
 */
public final class KeyWriter {

  private static final int FRACTION = 4;
  private static final int INT64_DIGITS = 19;

  private final ByteWriter out = new ByteWriter(32);

  /** Starts a new key. */
  public KeyWriter reset() {
    out.clear();
    return this;
  }

  public int size() {
    return out.size();
  }

  public byte[] buffer() {
    return out.buffer();
  }

  public byte[] toByteArray() {
    return out.toByteArray();
  }

  /**
   * Adds the encoded value the reader stands at and moves the reader behind it.
   *
   * @return false where the value cannot be part of a key (null, unavailable, a list)
   */
  public boolean add(ByteReader in) {
    int tag = in.readByte();
    switch (tag) {
      case Values.FALSE, Values.TRUE -> out.writeByte(tag);
      case Values.INT, Values.DATE, Values.TIME, Values.TIMESTAMP, Values.TIMESTAMPTZ ->
          addLong(tag, in.readSigned());
      case Values.DOUBLE -> addDecimal(doubleKey(Double.longBitsToDouble(in.readLong())));
      case Values.DECIMAL -> {
        int scale = (int) in.readSigned();
        byte[] unscaled = in.readBytes(in.readSize());
        addDecimal(new BigDecimal(new BigInteger(unscaled), scale));
      }
      case Values.STRING, Values.BYTES -> {
        int length = in.readSize();
        addBytes(tag, in.buffer(), in.position(), length);
        in.skip(length);
      }
      default -> {
        return false;
      }
    }

    return true;
  }

  private static BigDecimal doubleKey(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a key must be a number, but was: " + value);
    }

    return new BigDecimal(value);
  }

  private void addLong(int tag, long value) {
    out.writeByte(tag);
    out.writeLong(value ^ Long.MIN_VALUE);
  }

  private void addDecimal(BigDecimal value) {
    BigDecimal plain = value.stripTrailingZeros();
    if (plain.scale() <= 0 && (long) plain.precision() - plain.scale() <= INT64_DIGITS) {
      BigInteger whole = plain.toBigInteger();
      if (whole.bitLength() < Long.SIZE) {
        addLong(Values.INT, whole.longValue());
        return;
      }
    }

    byte[] text = plain.toString().getBytes(StandardCharsets.US_ASCII);
    addBytes(FRACTION, text, 0, text.length);
  }

  private void addBytes(int tag, byte[] source, int offset, int length) {
    out.writeByte(tag);
    for (int i = offset; i < offset + length; i++) {
      out.writeByte(source[i]);
      if (source[i] == 0) {
        out.writeByte(0xFF);
      }
    }

    out.writeByte(0);
    out.writeByte(0);
  }

  /** Bucket of the key that was written last. */
  public int bucket(int buckets) {
    return bucket(out.buffer(), 0, out.size(), buckets);
  }

  /**
   * Bucket of a key: CRC-32C [1] of its bytes, spread by the golden ratio and scaled to the number
   * of buckets. Stable over versions and machines.
   *
   * <p>[1] RFC 3720, appendix B.4, https://www.rfc-editor.org/rfc/rfc3720
   */
  public static int bucket(byte[] key, int offset, int length, int buckets) {
    CRC32C crc = new CRC32C();
    crc.update(key, offset, length);
    long spread = (crc.getValue() * 0x9E3779B1L) & 0xFFFF_FFFFL;
    return (int) ((spread * buckets) >>> 32);
  }
}
