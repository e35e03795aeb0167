package org.anabranch.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.anabranch.model.ByteReader;
import org.anabranch.model.PlainNumber;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Turns the encoded values of one column into the objects Avro's Parquet writer takes, widening
 * them to the column's type: Boolean, Integer, Long, Double, GenericFixed (decimals, in the
 * smallest number of bytes that holds the precision), ByteBuffer, Utf8 or a List of these. The
 * objects are reused: each is valid until the next value.
 */
public abstract class Cell {

  /** Powers of ten that fit a long. */
  private static final long[] TENS = new long[19];

  static {
    TENS[0] = 1;
    for (int i = 1; i < TENS.length; i++) {
      TENS[i] = TENS[i - 1] * 10;
    }
  }

  private final String column;
  private final Type type;

  private Cell(String column, Type type) {
    this.column = column;
    this.type = type;
  }

  /** Cell of a column with this name. */
  public static Cell ofColumn(String name, Type type) {
    return of("column '" + name + "'", type);
  }

  private static Cell of(String column, Type type) {
    return switch (type.kind()) {
      case BOOLEAN -> new BooleanCell(column, type);
      case INT32 -> new Int32Cell(column, type);
      case INT64 -> new Int64Cell(column, type);
      case DOUBLE -> new DoubleCell(column, type);
      case DECIMAL -> new DecimalCell(column, type);
      case DATE -> new DateCell(column, type);
      case TIME -> new MicrosCell(column, type, Values.TIME);
      case TIMESTAMP -> new MicrosCell(column, type, Values.TIMESTAMP);
      case TIMESTAMPTZ -> new MicrosCell(column, type, Values.TIMESTAMPTZ);
      case BYTES -> new BytesCell(column, type);
      case NULL, UUID, JSON, STRING -> new TextCell(column, type);
      case LIST -> new ListCell(column, type);
    };
  }

  /**
   * The value the reader stands at; moves the reader behind it. A hole that nothing filled is null.
   *
   * @throws IllegalArgumentException naming column and type where the value does not fit
   */
  public final @Nullable Object read(ByteReader in) {
    int tag = in.buffer()[in.position()];
    if (tag == Values.NULL || tag == Values.UNAVAILABLE || tag == Values.CARRIED) {
      Values.skip(in);
      return null;
    }

    return convert(tag, in);
  }

  /** The reader stands at the tag. */
  abstract Object convert(int tag, ByteReader in);

  /** As {@link #read}, in objects of its own, for values that are held together. */
  @Nullable Object readCopy(ByteReader in) {
    return read(in);
  }

  final IllegalArgumentException misfit(ByteReader in, int start) {
    in.reset(in.buffer(), start, in.buffer().length - start);
    return new IllegalArgumentException(
        column + " is " + type + ", which cannot hold a value of type " + Values.typeOf(in));
  }

  final IllegalArgumentException misfit(ByteReader in) {
    return misfit(in, in.position());
  }

  final Type type() {
    return type;
  }

  /** The number the reader stands at, exactly; true is 1 and false 0. */
  final BigDecimal number(int tag, ByteReader in) {
    int start = in.position();
    Object value = tag == Values.LIST ? null : Values.read(in);
    if (value instanceof Long integer) {
      return BigDecimal.valueOf(integer);
    }

    if (value instanceof BigDecimal decimal) {
      return decimal;
    }

    if (value instanceof Double number && Double.isFinite(number)) {
      return PlainNumber.shortest(number);
    }

    if (value instanceof Boolean flag) {
      return flag ? BigDecimal.ONE : BigDecimal.ZERO;
    }

    throw misfit(in, start);
  }

  final long integer(int tag, ByteReader in) {
    if (tag == Values.INT) {
      in.skip(1);
      return in.readSigned();
    }

    int start = in.position();
    BigDecimal number = number(tag, in);
    try {
      return number.longValueExact();
    } catch (ArithmeticException e) {
      IllegalArgumentException misfit = misfit(in, start);
      misfit.addSuppressed(e);
      throw misfit;
    }
  }

  private static final class BooleanCell extends Cell {

    BooleanCell(String column, Type type) {
      super(column, type);
    }

    @Override
    Object convert(int tag, ByteReader in) {
      if (tag != Values.FALSE && tag != Values.TRUE) {
        throw misfit(in);
      }

      in.skip(1);
      return tag == Values.TRUE;
    }
  }

  private static final class Int32Cell extends Cell {

    Int32Cell(String column, Type type) {
      super(column, type);
    }

    @Override
    Object convert(int tag, ByteReader in) {
      int start = in.position();
      long value = integer(tag, in);
      if (value != (int) value) {
        throw misfit(in, start);
      }

      return (int) value;
    }
  }

  private static final class Int64Cell extends Cell {

    Int64Cell(String column, Type type) {
      super(column, type);
    }

    @Override
    Object convert(int tag, ByteReader in) {
      return integer(tag, in);
    }
  }

  private static final class DoubleCell extends Cell {

    DoubleCell(String column, Type type) {
      super(column, type);
    }

    @Override
    Object convert(int tag, ByteReader in) {
      if (tag == Values.DOUBLE) {
        in.skip(1);
        return Double.longBitsToDouble(in.readLong());
      }

      return number(tag, in).doubleValue();
    }
  }

  private static final class DateCell extends Cell {

    DateCell(String column, Type type) {
      super(column, type);
    }

    @Override
    Object convert(int tag, ByteReader in) {
      if (tag != Values.DATE) {
        throw misfit(in);
      }

      int start = in.position();
      in.skip(1);
      long days = in.readSigned();
      if (days != (int) days) {
        throw misfit(in, start);
      }

      return (int) days;
    }
  }

  private static final class MicrosCell extends Cell {

    private final int expected;

    MicrosCell(String column, Type type, int expected) {
      super(column, type);
      this.expected = expected;
    }

    @Override
    Object convert(int tag, ByteReader in) {
      if (tag != expected) {
        throw misfit(in);
      }

      in.skip(1);
      return in.readSigned();
    }
  }

  private static final class BytesCell extends Cell {

    BytesCell(String column, Type type) {
      super(column, type);
    }

    @Override
    Object convert(int tag, ByteReader in) {
      if (tag != Values.BYTES) {
        throw misfit(in);
      }

      in.skip(1);
      int length = in.readSize();
      ByteBuffer slice = ByteBuffer.wrap(in.buffer(), in.position(), length);
      in.skip(length);
      return slice;
    }
  }

  private static final class TextCell extends Cell {

    private final Utf8 text = new Utf8(new byte[64]);
    private final boolean isMixed;

    TextCell(String column, Type type) {
      super(column, type);
      isMixed = type.isMixed();
    }

    @Override
    Object convert(int tag, ByteReader in) {
      if (tag != Values.STRING) {
        Object value = Values.read(in);
        byte[] utf8 = value == null ? new byte[0] : utf8(number(value));
        return set(utf8, 0, utf8.length);
      }

      in.skip(1);
      int length = in.readSize();
      int start = in.position();
      in.skip(length);
      int digit = isMixed ? MixedText.digit(in.buffer(), start, length) : -1;
      return digit < 0 ? set(in.buffer(), start, length) : set(new byte[] {(byte) digit}, 0, 1);
    }

    /** Booleans beside numbers are numbers. */
    private Object number(Object value) {
      return isMixed && value instanceof Boolean flag ? (flag ? 1L : 0L) : value;
    }

    private static byte[] utf8(Object value) {
      return Values.text(value).getBytes(StandardCharsets.UTF_8);
    }

    private Utf8 set(byte[] source, int offset, int length) {
      text.setByteLength(length);
      System.arraycopy(source, offset, text.getBytes(), 0, length);
      return text;
    }

    @Override
    @Nullable Object readCopy(ByteReader in) {
      return read(in) == null ? null : new Utf8(text);
    }
  }

  private static final class DecimalCell extends Cell {

    private final int scale;
    private final int precision;
    private final Fixed fixed;

    DecimalCell(String column, Type type) {
      super(column, type);
      scale = type.scale();
      precision = type.precision();
      fixed = new Fixed(new byte[AvroSchemas.decimalBytes(type)]);
    }

    @Override
    Object convert(int tag, ByteReader in) {
      int start = in.position();
      if (tag == Values.INT) {
        in.skip(1);
        return set(in.readSigned(), 0, in, start);
      }

      if (tag == Values.DECIMAL) {
        in.skip(1);
        int valueScale = (int) in.readSigned();
        int length = in.readSize();
        if (length <= 8) {
          return set(readLong(in, length), valueScale, in, start);
        }

        in.reset(in.buffer(), start, in.buffer().length - start);
      }

      return set(number(tag, in), in, start);
    }

    private static long readLong(ByteReader in, int length) {
      byte[] bytes = in.buffer();
      int at = in.position();
      long value = bytes[at];
      for (int i = 1; i < length; i++) {
        value = (value << 8) | (bytes[at + i] & 0xFF);
      }

      in.skip(length);
      return value;
    }

    private Fixed set(long unscaled, int valueScale, ByteReader in, int start) {
      int shift = scale - valueScale;
      long limit = precision < TENS.length ? TENS[precision] : Long.MAX_VALUE;
      boolean fits =
          shift >= 0
              && shift < TENS.length
              && unscaled <= Long.MAX_VALUE / TENS[shift]
              && unscaled >= -Long.MAX_VALUE / TENS[shift];
      if (!fits) {
        return set(BigDecimal.valueOf(unscaled, valueScale), in, start);
      }

      long rest = unscaled * TENS[shift];
      if (rest >= limit || rest <= -limit) {
        return set(BigDecimal.valueOf(unscaled, valueScale), in, start);
      }

      for (int i = fixed.bytes.length - 1; i >= 0; i--) {
        fixed.bytes[i] = (byte) rest;
        rest >>= 8;
      }

      return fixed;
    }

    private Fixed set(BigDecimal value, ByteReader in, int start) {
      BigInteger unscaled;
      try {
        unscaled = value.setScale(scale, RoundingMode.UNNECESSARY).unscaledValue();
      } catch (ArithmeticException e) {
        IllegalArgumentException misfit = misfit(in, start);
        misfit.addSuppressed(e);
        throw misfit;
      }

      if (unscaled.abs().compareTo(BigInteger.TEN.pow(precision)) >= 0) {
        throw misfit(in, start);
      }

      byte[] digits = unscaled.toByteArray();
      int head = fixed.bytes.length - digits.length;
      Arrays.fill(fixed.bytes, 0, head, (byte) (unscaled.signum() < 0 ? -1 : 0));
      System.arraycopy(digits, 0, fixed.bytes, head, digits.length);
      return fixed;
    }

    @Override
    @Nullable Object readCopy(ByteReader in) {
      return read(in) == null ? null : new Fixed(fixed.bytes.clone());
    }
  }

  /** A decimal's unscaled value, big-endian; its schema is the column's. */
  private static final class Fixed implements GenericFixed {

    private final byte[] bytes;

    Fixed(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public byte[] bytes() {
      return bytes;
    }

    @Override
    public Schema getSchema() {
      throw new UnsupportedOperationException("the schema of a decimal is that of its column");
    }
  }

  private static final class ListCell extends Cell {

    private final Cell element;

    ListCell(String column, Type type) {
      super(column, type);
      element = of("an element of " + column, AvroSchemas.elementOf(type));
    }

    @Override
    Object convert(int tag, ByteReader in) {
      if (tag != Values.LIST) {
        throw misfit(in);
      }

      in.skip(1);
      int size = in.readSize();
      List<@Nullable Object> elements = new ArrayList<>(Math.min(size, 1024));
      for (int i = 0; i < size; i++) {
        elements.add(element.readCopy(in));
      }

      return elements;
    }
  }
}
