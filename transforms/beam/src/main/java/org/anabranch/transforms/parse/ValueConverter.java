package org.anabranch.transforms.parse;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.PlainNumber;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/** Encodes values as they were read ({@link RawJson}) in the type of their column. */
final class ValueConverter {

  /** What became of a value. */
  enum Result {
    /** Encoded. */
    WRITTEN,
    /** Encoded as the JSON text of an object or an array. */
    WRITTEN_AS_JSON,
    /** Does not fit the type; what was written is to be dropped. */
    MISFIT
  }

  private static final int UUID_LENGTH = 36;

  /** A sign, a point and the digits that every double of an ordinary size gives back. */
  private static final int SHORT_LENGTH = 17;

  /** Two numbers of fewer digits than this one are never the same double. */
  private static final long DISTINCT = 1_000_000_000_000_000L;

  /** Most digits of which a double gives back all. */
  private static final int DOUBLE_DIGITS = 17;

  /** Powers of ten. */
  private static final double[] TENS = new double[SHORT_LENGTH];

  static {
    TENS[0] = 1;
    for (int i = 1; i < TENS.length; i++) {
      TENS[i] = TENS[i - 1] * 10;
    }
  }

  private final Temporals temporals = new Temporals();
  private final ByteWriter text = new ByteWriter(256);
  private final NumberText number = new NumberText();

  /** Encodes the value the reader stands at and moves the reader behind it. */
  Result convert(ByteReader in, ColumnType type, ByteWriter out) {
    int tag = in.buffer()[in.position()];
    if (tag == Values.NULL) {
      in.skip(1);
      out.writeByte(Values.NULL);
      return Result.WRITTEN;
    }

    return switch (type.reading()) {
      case INFERRED -> infer(in, tag, out);
      case KEY -> result(toKey(in, tag, out));
      case BOOLEAN -> result(toBoolean(in, tag, out));
      case INT32 -> result(toInteger(in, tag, Integer.MIN_VALUE, Integer.MAX_VALUE, out));
      case INT64 -> result(toInteger(in, tag, Long.MIN_VALUE, Long.MAX_VALUE, out));
      case DOUBLE -> result(toDouble(in, tag, out));
      case DECIMAL, NUMERIC -> result(Decimals.convert(in, type, out));
      case DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> result(temporals.convert(in, type, out));
      case BYTES -> result(tag == Values.STRING && toBytes(in, out));
      case UUID -> result(tag == Values.STRING && toUuid(in, out));
      case JSON, STRING -> result(toText(in, tag, out));
      case LIST -> toList(in, tag, type.element(), out);
    };
  }

  /**
   * Encodes a value that its type cannot hold, which no one has promised, without losing anything:
   * a decimal with its own digits, a date or a time that was sent as a number as text, each element
   * of a list for itself, and all else as if the type were not known. Numbers that a double would
   * round count as such values.
   */
  Result widen(ByteReader in, ColumnType type, ByteWriter out) {
    int tag = in.buffer()[in.position()];
    return switch (type.reading()) {
      case DECIMAL, NUMERIC -> widenDecimal(in, tag, type, out);
      case DATE, TIME, TIMESTAMP, TIMESTAMPTZ ->
          tag == Values.INT ? timeAsText(in, type, out) : infer(in, tag, out);
      case LIST -> tag == RawJson.ARRAY ? widenList(in, type.element(), out) : infer(in, tag, out);
      default -> infer(in, tag, out);
    };
  }

  private Result widenDecimal(ByteReader in, int tag, ColumnType type, ByteWriter out) {
    Integer scale = type.base64Scale();
    if (scale != null) {
      int start = in.position();
      int size = out.size();
      if (Decimals.convert(in, ColumnType.numericBytes(scale), out)) {
        return Result.WRITTEN;
      }

      in.skip(start - in.position());
      out.truncate(size);
    }

    return infer(in, tag, out);
  }

  private static Result timeAsText(ByteReader in, ColumnType type, ByteWriter out) {
    in.skip(1);
    Values.writeString(out, Temporals.text(in.readSigned(), type));
    return Result.WRITTEN;
  }

  private Result widenList(ByteReader in, @Nullable ColumnType element, ByteWriter out) {
    int count = beginList(in, out);
    for (int i = 0; i < count; i++) {
      convertOrWiden(in, element == null ? ColumnType.INFERRED : element, out);
    }

    return Result.WRITTEN;
  }

  private void convertOrWiden(ByteReader in, ColumnType type, ByteWriter out) {
    int start = in.position();
    int size = out.size();
    if (!isRounded(in, type) && convert(in, type, out) != Result.MISFIT) {
      return;
    }

    in.skip(start - in.position());
    out.truncate(size);
    widen(in, type, out);
  }

  /** Whether the value is a whole number that a double would round. */
  static boolean isRounded(ByteReader in, ColumnType type) {
    int start = in.position();
    if (type.reading() != ColumnType.Reading.DOUBLE || in.buffer()[start] != Values.INT) {
      return false;
    }

    in.skip(1);
    boolean isExact = Values.isExactDouble(in.readSigned());
    in.skip(start - in.position());
    return !isExact;
  }

  private static Result result(boolean fits) {
    return fits ? Result.WRITTEN : Result.MISFIT;
  }

  private Result infer(ByteReader in, int tag, ByteWriter out) {
    return switch (tag) {
      case RawJson.NUMBER -> result(inferNumber(in, out));
      case RawJson.OBJECT -> inferObject(in, out);
      case RawJson.ARRAY ->
          hasNested(in) ? json(in, out) : toList(in, tag, ColumnType.INFERRED, out);
      default -> {
        copy(in, out);
        yield Result.WRITTEN;
      }
    };
  }

  private static boolean toKey(ByteReader in, int tag, ByteWriter out) {
    switch (tag) {
      case Values.INT, Values.STRING -> {
        copy(in, out);
        return true;
      }
      case RawJson.NUMBER -> {
        String text = ascii(in);
        BigDecimal number = Decimals.isShort(text) ? Decimals.number(text) : null;
        if (number == null) {
          Values.writeString(out, text);
        } else {
          Values.writeDecimal(out, number);
        }

        return true;
      }
      case RawJson.OBJECT -> {
        BigDecimal number = Decimals.struct(in);
        if (number != null && Decimals.isBounded(number)) {
          Values.writeDecimal(out, number);
          return true;
        }

        return false;
      }
      default -> {
        return false;
      }
    }
  }

  private static void copy(ByteReader in, ByteWriter out) {
    int start = in.position();
    RawJson.skip(in);
    out.write(in.buffer(), start, in.position() - start);
  }

  /**
   * Whole numbers beyond 64 bits are decimals, fractions doubles where these give back every digit,
   * else decimals; numbers that no decimal holds are text.
   */
  private boolean inferNumber(ByteReader in, ByteWriter out) {
    in.skip(1);
    int length = in.readSize();
    int start = in.position();
    in.skip(length);
    if (writeShortFraction(in.buffer(), start, length, out)) {
      return true;
    }

    number.read(in.buffer(), start, length);
    if (isFraction(in.buffer(), start, length) && number.digits() <= DOUBLE_DIGITS) {
      String digits = new String(in.buffer(), start, length, StandardCharsets.ISO_8859_1);
      double value = Double.parseDouble(digits);
      if (isGivenBack(value)) {
        Values.writeDouble(out, value);
        return true;
      }
    }

    if (number.isDecimal()) {
      Values.writeDecimal(out, number.stripped());
    } else {
      Values.writeString(out, number.plain());
    }

    return true;
  }

  private static boolean isFraction(byte[] text, int start, int length) {
    for (int i = start; i < start + length; i++) {
      if (text[i] == '.' || text[i] == 'e' || text[i] == 'E') {
        return true;
      }
    }

    return false;
  }

  /** Whether the shortest decimal of a double is the number just read. */
  private boolean isGivenBack(double value) {
    if (!Double.isFinite(value) || (value == 0) != (number.digits() == 0)) {
      return false;
    }

    BigDecimal shortest = PlainNumber.shortest(value);
    int zeros = shortest.precision() - shortest.scale();
    return value == 0
        || (zeros == number.magnitude() && shortest.compareTo(number.stripped()) == 0);
  }

  /**
   * Writes a number with a point and up to 15 digits, which is nearly every fraction there is: its
   * digits and the power of ten are both exact, so that their quotient is the nearest double, and
   * that gives back 15 digits.
   */
  private static boolean writeShortFraction(byte[] text, int start, int length, ByteWriter out) {
    if (length > SHORT_LENGTH) {
      return false;
    }

    int at = start;
    int end = start + length;
    boolean negative = text[at] == '-';
    at += negative ? 1 : 0;
    long unscaled = 0;
    int point = -1;
    for (; at < end; at++) {
      byte c = text[at];
      if (c >= '0' && c <= '9') {
        unscaled = unscaled * 10 + c - '0';
      } else if (c == '.') {
        point = at;
      } else {
        return false;
      }
    }

    if (point < 0 || unscaled >= DISTINCT) {
      return false;
    }

    double value = unscaled / TENS[end - point - 1];
    Values.writeDouble(out, negative ? -value : value);
    return true;
  }

  private Result inferObject(ByteReader in, ByteWriter out) {
    int start = in.position();
    BigDecimal decimal = Decimals.struct(in);
    if (decimal != null && Decimals.isBounded(decimal)) {
      Values.writeDecimal(out, decimal);
      return Result.WRITTEN;
    }

    in.skip(start - in.position());
    return json(in, out);
  }

  private Result json(ByteReader in, ByteWriter out) {
    writeJson(in, out);
    return Result.WRITTEN_AS_JSON;
  }

  private void writeJson(ByteReader in, ByteWriter out) {
    text.clear();
    RawJson.writeText(in, text);
    out.writeByte(Values.STRING);
    out.writeVarint(text.size());
    out.write(text.buffer(), 0, text.size());
  }

  /** Whether the array the reader stands at has arrays or objects in it. */
  private static boolean hasNested(ByteReader in) {
    int start = in.position();
    in.skip(1);
    int length = RawJson.readLength(in);
    int end = in.position() + length;
    boolean nested = false;
    while (in.position() < end && !nested) {
      int tag = in.buffer()[in.position()];
      nested = tag == RawJson.ARRAY || tag == RawJson.OBJECT;
      RawJson.skip(in);
    }

    in.skip(start - in.position());
    return nested;
  }

  private static boolean toBoolean(ByteReader in, int tag, ByteWriter out) {
    if (tag == Values.FALSE || tag == Values.TRUE) {
      in.skip(1);
      out.writeByte(tag);
      return true;
    }

    if (tag != Values.INT) {
      return false;
    }

    in.skip(1);
    long number = in.readSigned();
    out.writeByte(number == 0 ? Values.FALSE : Values.TRUE);
    return number == 0 || number == 1;
  }

  private boolean toInteger(ByteReader in, int tag, long smallest, long greatest, ByteWriter out) {
    long value;
    if (tag == Values.INT) {
      in.skip(1);
      value = in.readSigned();
    } else if (tag == RawJson.NUMBER) {
      in.skip(1);
      int length = in.readSize();
      boolean isWhole = number.read(in.buffer(), in.position(), length) && number.isWhole();
      in.skip(length);
      if (!isWhole || !isLong(number.stripped())) {
        return false;
      }

      value = number.stripped().longValueExact();
    } else {
      return false;
    }

    Values.writeInt(out, value);
    return value >= smallest && value <= greatest;
  }

  private static boolean isLong(BigDecimal whole) {
    return whole.toBigInteger().bitLength() < Long.SIZE;
  }

  private static boolean toDouble(ByteReader in, int tag, ByteWriter out) {
    if (tag == Values.INT) {
      in.skip(1);
      Values.writeDouble(out, (double) in.readSigned());
      return true;
    }

    if (tag == RawJson.NUMBER) {
      double value = Double.parseDouble(ascii(in));
      Values.writeDouble(out, value);
      return Double.isFinite(value);
    }

    if (tag != Values.STRING) {
      return false;
    }

    switch (ascii(in)) {
      case "NaN" -> Values.writeDouble(out, Double.NaN);
      case "Infinity" -> Values.writeDouble(out, Double.POSITIVE_INFINITY);
      case "-Infinity" -> Values.writeDouble(out, Double.NEGATIVE_INFINITY);
      default -> {
        return false;
      }
    }

    return true;
  }

  private static String ascii(ByteReader in) {
    in.skip(1);
    int length = in.readSize();
    String value = new String(in.buffer(), in.position(), length, StandardCharsets.ISO_8859_1);
    in.skip(length);
    return value;
  }

  private static boolean toBytes(ByteReader in, ByteWriter out) {
    try {
      Values.writeBytes(out, Base64.getDecoder().decode(ascii(in)));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean toUuid(ByteReader in, ByteWriter out) {
    int start = in.position();
    byte[] bytes = in.buffer();
    copy(in, out);
    if (bytes[start + 1] != UUID_LENGTH) {
      return false;
    }

    for (int i = 0; i < UUID_LENGTH; i++) {
      int c = bytes[start + 2 + i];
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? c != '-' : Character.digit(c, 16) < 0) {
        return false;
      }
    }

    return true;
  }

  private boolean toText(ByteReader in, int tag, ByteWriter out) {
    if (tag == Values.STRING) {
      copy(in, out);
      return true;
    }

    writeJson(in, out);
    return true;
  }

  private Result toList(ByteReader in, int tag, @Nullable ColumnType element, ByteWriter out) {
    if (tag != RawJson.ARRAY || element == null) {
      return Result.MISFIT;
    }

    int count = beginList(in, out);
    for (int i = 0; i < count; i++) {
      if (convert(in, element, out) == Result.MISFIT) {
        return Result.MISFIT;
      }
    }

    return Result.WRITTEN;
  }

  /** Begins a list of the elements of the array the reader stands at; gives their number. */
  private static int beginList(ByteReader in, ByteWriter out) {
    in.skip(1);
    int length = RawJson.readLength(in);
    int start = in.position();
    int count = 0;
    while (in.position() < start + length) {
      RawJson.skip(in);
      count++;
    }

    in.skip(start - in.position());
    out.writeByte(Values.LIST);
    out.writeVarint(count);
    return count;
  }
}
