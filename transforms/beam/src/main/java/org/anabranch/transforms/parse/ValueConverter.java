package org.anabranch.transforms.parse;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
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

  private final Temporals temporals = new Temporals();
  private final ByteWriter text = new ByteWriter(256);

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

  /** Integers beyond 64 bits become decimals, fractions doubles, what no double holds text. */
  private static boolean inferNumber(ByteReader in, ByteWriter out) {
    String number = ascii(in);
    boolean fraction = number.chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E');
    double value = fraction ? Double.parseDouble(number) : 0;
    if (!fraction) {
      Values.writeDecimal(out, new BigDecimal(number));
    } else if (Double.isFinite(value)) {
      Values.writeDouble(out, value);
    } else {
      Values.writeString(out, number);
    }

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

  private static boolean toInteger(
      ByteReader in, int tag, long smallest, long greatest, ByteWriter out) {
    long value;
    if (tag == Values.INT) {
      in.skip(1);
      value = in.readSigned();
    } else if (tag == RawJson.NUMBER) {
      BigDecimal number = Decimals.number(ascii(in));
      if (number == null || !isLong(number)) {
        return false;
      }

      value = number.longValueExact();
    } else {
      return false;
    }

    Values.writeInt(out, value);
    return value >= smallest && value <= greatest;
  }

  private static boolean isLong(BigDecimal number) {
    if (!Decimals.isBounded(number)) {
      return false;
    }

    BigDecimal plain = number.stripTrailingZeros();
    return plain.scale() <= 0
        && plain.precision() - plain.scale() <= Long.SIZE
        && plain.toBigInteger().bitLength() < Long.SIZE;
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
    for (int i = 0; i < count; i++) {
      if (convert(in, element, out) == Result.MISFIT) {
        return Result.MISFIT;
      }
    }

    return Result.WRITTEN;
  }
}
