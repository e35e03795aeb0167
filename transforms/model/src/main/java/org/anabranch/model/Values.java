package org.anabranch.model;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The encoded form of one value: a tag byte, then its payload. Equal values have equal bytes, so
 * that rows are compared, shuffled and stored without being decoded.
 *
 * <table>
 * <caption>Format, version 1</caption>
 * <tr><td>NULL, FALSE, TRUE, UNAVAILABLE</td><td>nothing</td></tr>
 * <tr><td>INT</td><td>zigzag LEB128</td></tr>
 * <tr><td>DOUBLE</td><td>8 bytes, IEEE 754</td></tr>
 * <tr><td>DECIMAL</td><td>scale (zigzag LEB128), length, unscaled two's complement</td></tr>
 * <tr><td>STRING, BYTES</td><td>length, bytes (text as UTF-8)</td></tr>
 * <tr><td>DATE</td><td>days since 1970-01-01, zigzag</td></tr>
 * <tr><td>TIME</td><td>microseconds of the day</td></tr>
 * <tr><td>TIMESTAMP, TIMESTAMPTZ</td><td>microseconds since 1970-01-01T00:00, zigzag</td></tr>
 * <tr><td>LIST</td><td>number of elements, elements</td></tr>
 * <tr><td>CARRIED</td><td>length, encoded key of the row the value is carried from</td></tr>
 * </table>
 */
public final class Values {

  public static final int NULL = 0;
  public static final int FALSE = 1;
  public static final int TRUE = 2;
  public static final int INT = 3;
  public static final int DOUBLE = 4;
  public static final int DECIMAL = 5;
  public static final int STRING = 6;
  public static final int BYTES = 7;
  public static final int DATE = 8;
  public static final int TIME = 9;
  public static final int TIMESTAMP = 10;
  public static final int TIMESTAMPTZ = 11;
  public static final int LIST = 12;

  /** The value this column had in the row at the old key, before the primary key changed. */
  public static final int CARRIED = 14;

  /** A hole: the source did not send the value, any older one stays. */
  public static final int UNAVAILABLE = 15;

  private static final long MICROS_PER_SECOND = 1_000_000L;
  private static final long MAX_EXACT_DOUBLE = 1L << 53;

  private Values() {}

  /** Moves the reader behind the value it stands at. */
  public static void skip(ByteReader in) {
    switch (in.readByte()) {
      case NULL, FALSE, TRUE, UNAVAILABLE -> {}
      case INT, DATE, TIME, TIMESTAMP, TIMESTAMPTZ -> in.readVarint();
      case DOUBLE -> in.skip(8);
      case DECIMAL -> {
        in.readVarint();
        in.skip(in.readSize());
      }
      case STRING, BYTES, CARRIED -> in.skip(in.readSize());
      case LIST -> {
        for (int left = in.readSize(); left > 0; left--) {
          skip(in);
        }
      }
      default -> throw new IllegalArgumentException("not an encoded value at " + in.position());
    }
  }

  public static void writeInt(ByteWriter out, long value) {
    out.writeByte(INT);
    out.writeSigned(value);
  }

  public static void writeDouble(ByteWriter out, double value) {
    out.writeByte(DOUBLE);
    out.writeLong(Double.doubleToLongBits(value));
  }

  public static void writeBoolean(ByteWriter out, Boolean value) {
    out.writeByte(value ? TRUE : FALSE);
  }

  public static void writeString(ByteWriter out, String value) {
    out.writeByte(STRING);
    out.writeString(value);
  }

  public static void writeBytes(ByteWriter out, byte[] value) {
    out.writeByte(BYTES);
    out.writeVarint(value.length);
    out.write(value, 0, value.length);
  }

  /** The scale is kept as given: 1.50 and 1.5 are different values, as they are in the source. */
  public static void writeDecimal(ByteWriter out, BigDecimal value) {
    byte[] unscaled = value.unscaledValue().toByteArray();
    out.writeByte(DECIMAL);
    out.writeSigned(value.scale());
    out.writeVarint(unscaled.length);
    out.write(unscaled, 0, unscaled.length);
  }

  /** Date, time or timestamp in its unit (days or microseconds). */
  public static void writeTemporal(ByteWriter out, int tag, long value) {
    out.writeByte(tag);
    out.writeSigned(value);
  }

  /**
   * Encodes a decoded value: null, Boolean, Integer, Long, Double, BigDecimal, String, ByteBuffer,
   * LocalDate, LocalTime, LocalDateTime, Instant or a List of these.
   */
  public static void write(ByteWriter out, @Nullable Object value) {
    if (value == null) {
      out.writeByte(NULL);
    } else if (value instanceof Boolean flag) {
      writeBoolean(out, flag);
    } else if (value instanceof Integer || value instanceof Long) {
      writeInt(out, ((Number) value).longValue());
    } else if (value instanceof Double number) {
      writeDouble(out, number);
    } else if (value instanceof BigDecimal decimal) {
      writeDecimal(out, decimal);
    } else if (value instanceof String text) {
      writeString(out, text);
    } else if (value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      writeBytes(out, copy);
    } else if (value instanceof LocalDate date) {
      writeTemporal(out, DATE, date.toEpochDay());
    } else if (value instanceof LocalTime time) {
      writeTemporal(out, TIME, time.toNanoOfDay() / 1000);
    } else if (value instanceof LocalDateTime time) {
      writeTemporal(out, TIMESTAMP, micros(time.toInstant(ZoneOffset.UTC)));
    } else if (value instanceof Instant instant) {
      writeTemporal(out, TIMESTAMPTZ, micros(instant));
    } else if (value instanceof List<?> list) {
      out.writeByte(LIST);
      out.writeVarint(list.size());
      list.forEach(element -> write(out, element));
    } else {
      throw new IllegalArgumentException("no encoding for " + value.getClass().getName());
    }
  }

  public static byte[] encode(@Nullable Object value) {
    ByteWriter out = new ByteWriter(32);
    write(out, value);
    return out.toByteArray();
  }

  /** Reverse of {@link #write}; integers come back as Long. */
  public static @Nullable Object read(ByteReader in) {
    int tag = in.readByte();
    return switch (tag) {
      case NULL -> null;
      case FALSE -> false;
      case TRUE -> true;
      case INT -> in.readSigned();
      case DOUBLE -> Double.longBitsToDouble(in.readLong());
      case DECIMAL -> {
        int scale = (int) in.readSigned();
        yield new BigDecimal(new BigInteger(in.readBytes(in.readSize())), scale);
      }
      case STRING -> in.readString();
      case BYTES -> ByteBuffer.wrap(in.readBytes(in.readSize()));
      case DATE -> LocalDate.ofEpochDay(in.readSigned());
      case TIME -> LocalTime.ofNanoOfDay(in.readSigned() * 1000);
      case TIMESTAMP -> LocalDateTime.ofInstant(instant(in.readSigned()), ZoneOffset.UTC);
      case TIMESTAMPTZ -> instant(in.readSigned());
      case LIST -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int left = in.readSize(); left > 0; left--) {
          list.add(read(in));
        }

        yield Collections.unmodifiableList(list);
      }
      default -> throw new IllegalArgumentException("tag " + tag + " has no decoded form");
    };
  }

  public static @Nullable Object decode(byte[] encoded) {
    return read(new ByteReader(encoded));
  }

  /** Type that fits the value the reader stands at; moves the reader behind it. */
  public static Type typeOf(ByteReader in) {
    int start = in.position();
    int tag = in.buffer()[start];
    switch (tag) {
      case INT -> {
        in.skip(1);
        return isExactDouble(in.readSigned()) ? Type.INT64 : Type.WIDE_INT64;
      }
      case DOUBLE -> {
        DoubleExtents extents = new DoubleExtents();
        in.skip(1);
        extents.see(Double.longBitsToDouble(in.readLong()));
        return extents.type();
      }
      case DECIMAL -> {
        return typeOf((BigDecimal) Objects.requireNonNull(read(in)));
      }
      case LIST -> {
        in.skip(1);
        return Type.listOf(typeOfElements(in, in.readSize()));
      }
      default -> {
        skip(in);
        return scalarType(tag);
      }
    }
  }

  private static Type typeOfElements(ByteReader in, int size) {
    Type element = Type.NULL;
    DoubleExtents doubles = new DoubleExtents();
    boolean hasDouble = false;
    for (int left = size; left > 0; left--) {
      if (in.buffer()[in.position()] == DOUBLE) {
        in.skip(1);
        doubles.see(Double.longBitsToDouble(in.readLong()));
        hasDouble = true;
      } else {
        element = element.join(typeOf(in));
      }
    }

    return hasDouble ? element.join(doubles.type()) : element;
  }

  private static Type typeOf(BigDecimal decimal) {
    int scale = Math.max(0, decimal.scale());
    long digits = Math.max(0, (long) decimal.precision() - decimal.scale());
    return digits + scale > Type.MAX_PRECISION
        ? Type.NUMBERS_AS_TEXT
        : new Type(Type.Kind.DECIMAL, (int) digits, scale, null);
  }

  /** Whether a double gives the number back, as it does every one of up to 53 bits. */
  public static boolean isExactDouble(long number) {
    return number <= MAX_EXACT_DOUBLE && number >= -MAX_EXACT_DOUBLE;
  }

  /** Type of a value with this tag, which is neither a decimal nor a list; any that it can have. */
  public static Type scalarType(int tag) {
    return switch (tag) {
      case FALSE, TRUE -> Type.BOOLEAN;
      case INT -> Type.INT64;
      case DOUBLE -> Type.DOUBLE;
      case STRING -> Type.STRING;
      case BYTES -> Type.BYTES;
      case DATE -> Type.DATE;
      case TIME -> Type.TIME;
      case TIMESTAMP -> Type.TIMESTAMP;
      case TIMESTAMPTZ -> Type.TIMESTAMPTZ;
      default -> Type.NULL;
    };
  }

  /** Microseconds since the epoch, rounded down. */
  public static long micros(Instant instant) {
    long seconds = instant.getEpochSecond();
    long micros = instant.getNano() / 1000;
    if (seconds < 0) {
      // Counted from the next whole second: the one below the smallest instant is out of range.
      seconds++;
      micros -= MICROS_PER_SECOND;
    }

    return Math.addExact(Math.multiplyExact(seconds, MICROS_PER_SECOND), micros);
  }

  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * 1000);
  }

  /**
   * Canonical text of a decoded value, for columns whose types met in {@code STRING}: the same
   * whatever the types were in between. Numbers are plain ({@link PlainNumber}), dates and times
   * ISO 8601, bytes base64, lists JSON.
   */
  public static String text(Object value) {
    if (value instanceof List<?> list) {
      StringBuilder out = new StringBuilder();
      appendList(out, list);
      return out.toString();
    }

    String number = number(value);
    return number == null ? JsonText.scalarText(value) : number;
  }

  private static @Nullable String number(@Nullable Object value) {
    if (value instanceof BigDecimal decimal) {
      return PlainNumber.of(decimal);
    }

    return value instanceof Double number && Double.isFinite(number)
        ? PlainNumber.of(number)
        : null;
  }

  private static void appendList(StringBuilder out, List<?> list) {
    out.append('[');
    String separator = "";
    for (Object element : list) {
      out.append(separator);
      separator = ",";
      String number = number(element);
      if (element instanceof List<?> nested) {
        appendList(out, nested);
      } else if (number != null) {
        out.append(number);
      } else {
        JsonText.append(out, element);
      }
    }

    out.append(']');
  }
}
