package org.anabranch.transforms.parse;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.PlainNumber;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * Encodes decimals from JSON numbers, text, base64 of the unscaled value, and objects of a scale
 * and an unscaled value. A decimal with fixed digits is stored with its declared scale and must be
 * exact in it.
 *
 * <p>Text of a decimal without a schema is a number where it has a point or a sign, and base64
 * where it has letters. Digits alone are a number too, except where they are valid base64 of a
 * value that fits and the declaration has digits after the point: Debezium writes those out. Base64
 * does not say its scale, so that the declared scale must be the one of the source.
 */
final class Decimals {

  /** More digits than any database keeps, few enough to be written out. */
  private static final int MAX_DIGITS = 200_000;

  private static final int SAFE_DIGITS = 18;
  private static final int SPECIAL_LENGTH = "-Infinity".length();
  private static final long[] POWERS = new long[SAFE_DIGITS + 1];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  private static final int BASE64_GROUP = 4;

  /** Each character has six bits, and each digit more than three. */
  private static final int MAX_BASE64 = MAX_DIGITS / 2;

  private Decimals() {}

  /** Encodes the value the reader stands at; false where it does not fit. */
  static boolean convert(ByteReader in, ColumnType type, ByteWriter out) {
    Type fixed = type.type();
    if (fixed != null && writeFast(in, type, fixed, out)) {
      return true;
    }

    int start = in.position();
    BigDecimal value = read(in, type);
    if (value != null) {
      return write(value, fixed, out);
    }

    return fixed == null && writeText(in, start, type, out);
  }

  private static boolean write(BigDecimal value, @Nullable Type fixed, ByteWriter out) {
    if (fixed == null) {
      if (isBounded(value)) {
        Values.writeDecimal(out, value);
      } else {
        Values.writeString(out, PlainNumber.of(value));
      }

      return true;
    }

    if (!isBounded(value)) {
      return false;
    }

    if (value.signum() != 0 && value.precision() - value.scale() > fixed.integerDigits()) {
      return false;
    }

    BigDecimal plain = value.scale() > fixed.scale() ? value.stripTrailingZeros() : value;
    if (plain.scale() > fixed.scale()) {
      return false;
    }

    Values.writeDecimal(out, plain.setScale(fixed.scale()));
    return true;
  }

  /** Whether the value can be written out without filling the memory. */
  static boolean isBounded(BigDecimal value) {
    return Math.abs((long) value.scale()) <= MAX_DIGITS && value.precision() <= MAX_DIGITS;
  }

  /** Whether the text of a number is short enough to be turned into one. */
  static boolean isShort(String text) {
    return text.length() <= MAX_DIGITS;
  }

  /** Text with a point and up to 18 digits, which is nearly all there is. */
  private static boolean writeFast(ByteReader in, ColumnType type, Type fixed, ByteWriter out) {
    byte[] bytes = in.buffer();
    int start = in.position();
    int length = bytes[start + 1];
    if (bytes[start] != Values.STRING
        || type.base64Scale() != null
        || length < 1
        || length > SAFE_DIGITS) {
      return false;
    }

    int at = start + 2;
    int end = at + length;
    boolean negative = bytes[at] == '-';
    at += negative ? 1 : 0;
    int first = at;
    long unscaled = 0;
    int point = -1;
    for (; at < end; at++) {
      byte c = bytes[at];
      if (c == '.' && point < 0 && at > first) {
        point = at;
      } else if (c >= '0' && c <= '9') {
        unscaled = unscaled * 10 + c - '0';
      } else {
        return false;
      }
    }

    int missing = fixed.scale() - (end - point - 1);
    if (point < 0
        || point == end - 1
        || missing < 0
        || fixed.precision() > SAFE_DIGITS
        || unscaled >= POWERS[fixed.precision() - missing]) {
      return false;
    }

    writeLong(negative ? -unscaled : unscaled, missing, fixed.scale(), out);
    in.skip(2 + length);
    return true;
  }

  private static void writeLong(long value, int missing, int scale, ByteWriter out) {
    long unscaled = value * POWERS[missing];
    int bits = 64 - Long.numberOfLeadingZeros(unscaled ^ unscaled >> 63);
    int size = bits / 8 + 1;
    out.writeByte(Values.DECIMAL);
    out.writeSigned(scale);
    out.writeVarint(size);
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
      out.writeByte((int) (unscaled >> shift));
    }
  }

  private static @Nullable BigDecimal read(ByteReader in, ColumnType type) {
    int tag = in.readByte();
    switch (tag) {
      case Values.INT -> {
        return BigDecimal.valueOf(in.readSigned());
      }
      case RawJson.NUMBER -> {
        int length = in.readSize();
        BigDecimal number = number(in.buffer(), in.position(), length);
        in.skip(length);
        return number;
      }
      case Values.STRING -> {
        return text(ascii(in), type);
      }
      case RawJson.OBJECT -> {
        in.skip(-1);
        return struct(in);
      }
      default -> {
        in.skip(-1);
        RawJson.skip(in);
        return null;
      }
    }
  }

  private static String ascii(ByteReader in) {
    int length = in.readSize();
    String text = new String(in.buffer(), in.position(), length, StandardCharsets.ISO_8859_1);
    in.skip(length);
    return text;
  }

  private static @Nullable BigDecimal text(String text, ColumnType type) {
    Integer scale = type.base64Scale();
    if (scale != null) {
      return base64(text, scale);
    }

    Type fixed = type.type();
    if (text.isEmpty()) {
      return null;
    }

    boolean digitsOnly = text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (digitsOnly && fixed != null && fixed.scale() > 0) {
      BigDecimal bytes = base64(text, fixed.scale());
      boolean fits =
          bytes != null
              && bytes.unscaledValue().bitLength() <= Long.SIZE * 2
              && bytes.precision() <= fixed.precision();
      return fits ? bytes : decimal(text);
    }

    if (digitsOnly || text.indexOf('.') >= 0 || text.indexOf('-') >= 0) {
      return decimal(text);
    }

    return fixed == null ? null : base64(text, fixed.scale());
  }

  /** Number in JSON or SQL notation; null where it is none. */
  static @Nullable BigDecimal number(String text) {
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable BigDecimal decimal(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return number(bytes, 0, bytes.length);
  }

  /** Number in JSON or SQL notation; null where it is none, or one that no decimal holds. */
  private static @Nullable BigDecimal number(byte[] bytes, int offset, int length) {
    NumberText number = new NumberText();
    return number.read(bytes, offset, length) && number.isDecimal() ? number.decimal() : null;
  }

  private static @Nullable BigDecimal base64(String text, int scale) {
    if (text.isEmpty() || text.length() % BASE64_GROUP != 0 || text.length() > MAX_BASE64) {
      return null;
    }

    try {
      byte[] unscaled = Base64.getDecoder().decode(text);
      return unscaled.length == 0 ? null : new BigDecimal(new BigInteger(unscaled), scale);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * Value of {@code {"scale": number, "value": base64}}, Debezium's decimal of variable scale; null
   * where the object the reader stands at has other fields. Moves the reader behind it.
   */
  static @Nullable BigDecimal struct(ByteReader in) {
    in.skip(1);
    int length = RawJson.readLength(in);
    int end = in.position() + length;
    Long scale = null;
    String value = null;
    boolean others = false;
    while (in.position() < end) {
      String name = in.readString();
      int tag = in.readByte();
      if (name.equals("scale") && tag == Values.INT) {
        scale = in.readSigned();
      } else if (name.equals("value") && tag == Values.STRING) {
        value = ascii(in);
      } else {
        others = true;
        in.skip(-1);
        RawJson.skip(in);
      }
    }

    if (others || scale == null || value == null || Math.abs(scale) > MAX_DIGITS) {
      return null;
    }

    return base64(value, scale.intValue());
  }

  /**
   * Keeps what no decimal holds in a column of numbers of any size as text: not-a-number, the
   * infinities, numbers of too many digits.
   */
  private static boolean writeText(ByteReader in, int start, ColumnType type, ByteWriter out) {
    int end = in.position();
    in.skip(start - end);
    String kept = kept(in, type);
    in.skip(end - in.position());
    if (kept.isEmpty()) {
      return false;
    }

    Values.writeString(out, kept);
    return true;
  }

  private static String kept(ByteReader in, ColumnType type) {
    int tag = in.readByte();
    if (tag != Values.STRING && tag != RawJson.NUMBER) {
      return "";
    }

    int length = in.readSize();
    boolean mayBeNumber = tag == RawJson.NUMBER || type.base64Scale() == null;
    NumberText number = new NumberText();
    if (mayBeNumber && number.read(in.buffer(), in.position(), length)) {
      return number.isDecimal() ? "" : number.plain();
    }

    if (length > SPECIAL_LENGTH) {
      return "";
    }

    String text = new String(in.buffer(), in.position(), length, StandardCharsets.ISO_8859_1);
    return switch (text) {
      case "NaN", "NAN" -> "NaN";
      case "Infinity", "-Infinity" -> text;
      default -> "";
    };
  }
}
