package org.anabranch.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Objects;
import java.util.zip.CRC32C;

/**
 * Encodes row keys: one part per key column, each a tag and a payload such that comparing the bytes
 * as unsigned numbers orders the keys column by column. The bytes depend on the value alone and not
 * on its type: a value has the key of the text that {@link Values#text} gives for it, which is what
 * a column holds once its type has widened to text. So neither the key of a row nor its place among
 * the others changes when a type does.
 *
 * <p>Format: text that is the plain form of a number ({@link PlainNumber}) of 64 bits without a
 * fraction as INT and 8 bytes with the sign flipped, that of any other number as its digits under a
 * tag of its own, behind all integers and in no useful order; all other text as UTF-8 with each
 * zero byte written as {@code 00 FF}, and {@code 00 00} at the end.
 */
public final class KeyWriter {

  private static final int FRACTION = 4;

  /** Most bytes of the text of an integer of 64 bits. */
  private static final int INT64_TEXT = 20;

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
    int tag = in.buffer()[in.position()];
    switch (tag) {
      case Values.INT -> {
        in.skip(1);
        addLong(in.readSigned());
      }
      case Values.STRING -> {
        in.skip(1);
        int length = in.readSize();
        addText(in.buffer(), in.position(), length);
        in.skip(length);
      }
      case Values.DECIMAL -> addDecimal(in);
      case Values.DOUBLE -> {
        in.skip(1);
        double value = Double.longBitsToDouble(in.readLong());
        if (!Double.isFinite(value)) {
          return false;
        }

        addText(PlainNumber.of(value));
      }
      case Values.FALSE,
          Values.TRUE,
          Values.BYTES,
          Values.DATE,
          Values.TIME,
          Values.TIMESTAMP,
          Values.TIMESTAMPTZ -> {
        return addTextOf(in);
      }
      default -> {
        Values.skip(in);
        return false;
      }
    }

    return true;
  }

  private boolean addTextOf(ByteReader in) {
    try {
      addText(Values.text(Objects.requireNonNull(Values.read(in))));
      return true;
    } catch (DateTimeException e) {
      // A day or a time that no calendar has.
      return false;
    }
  }

  private void addLong(long value) {
    out.writeByte(Values.INT);
    out.writeLong(value ^ Long.MIN_VALUE);
  }

  private void addDecimal(ByteReader in) {
    in.skip(1);
    int scale = (int) in.readSigned();
    int length = in.readSize();
    if (length > Long.BYTES) {
      addText(PlainNumber.of(new BigDecimal(new BigInteger(in.readBytes(length)), scale)));
      return;
    }

    long unscaled = length == 0 ? 0 : (byte) in.readByte();
    for (int i = 1; i < length; i++) {
      unscaled = unscaled << 8 | in.readByte();
    }

    while (scale > 0 && unscaled % 10 == 0) {
      unscaled /= 10;
      scale--;
      if (unscaled == 0) {
        scale = 0;
      }
    }

    if (scale == 0) {
      addLong(unscaled);
    } else {
      addText(PlainNumber.of(BigDecimal.valueOf(unscaled, scale)));
    }
  }

  private void addText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    addText(utf8, 0, utf8.length);
  }

  private void addText(byte[] text, int offset, int length) {
    if (!PlainNumber.isPlain(text, offset, length)) {
      addBytes(Values.STRING, text, offset, length);
    } else if (!addInteger(text, offset, length)) {
      addBytes(FRACTION, text, offset, length);
    }
  }

  /** Adds a number as an integer; false where it is none of 64 bits. */
  private boolean addInteger(byte[] text, int offset, int length) {
    if (length > INT64_TEXT) {
      return false;
    }

    boolean isNegative = text[offset] == '-';
    // Counted down: there is one more number below zero.
    long value = 0;
    for (int i = offset + (isNegative ? 1 : 0); i < offset + length; i++) {
      int digit = text[i] - '0';
      if (text[i] == '.' || value < (Long.MIN_VALUE + digit) / 10) {
        return false;
      }

      value = value * 10 - digit;
    }

    if (!isNegative && value == Long.MIN_VALUE) {
      return false;
    }

    addLong(isNegative ? value : -value);
    return true;
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
