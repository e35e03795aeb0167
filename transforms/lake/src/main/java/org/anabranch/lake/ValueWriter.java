package org.anabranch.lake;

import java.nio.ByteBuffer;
import java.util.List;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.parquet.Cell;
import org.anabranch.parquet.MixedText;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.util.Utf8;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Hands the encoded values of one column to Parquet. Values of the column's own type go straight
 * from the buffer they lie in; all others are converted first.
 */
abstract class ValueWriter {

  /** Digits of a decimal that Parquet stores in 32 and in 64 bits. */
  private static final int INT32_DIGITS = 9;

  private static final int INT64_DIGITS = 18;

  private final Cell cell;
  final Type type;

  private ValueWriter(String column, Type type) {
    this.type = type;
    cell = Cell.ofColumn(column, type);
  }

  /**
   * Writer of a column.
   *
   * @param known our type of the column, which says more of text; null where it is not known
   */
  static ValueWriter of(NestedField column, @Nullable Type known) {
    Type type = IcebergTypes.ours(column, known);
    String name = column.name();
    return switch (type.kind()) {
      case BOOLEAN -> new BooleanWriter(name, type);
      case INT32 -> new Int32Writer(name, type, Values.INT);
      case DATE -> new Int32Writer(name, type, Values.DATE);
      case INT64 -> new Int64Writer(name, type, Values.INT);
      case TIME -> new Int64Writer(name, type, Values.TIME);
      case TIMESTAMP -> new Int64Writer(name, type, Values.TIMESTAMP);
      case TIMESTAMPTZ -> new Int64Writer(name, type, Values.TIMESTAMPTZ);
      case DOUBLE -> new DoubleWriter(name, type);
      case DECIMAL -> new DecimalWriter(name, type);
      case BYTES -> new BinaryWriter(name, type, Values.BYTES);
      case NULL, UUID, JSON, STRING -> new BinaryWriter(name, type, Values.STRING);
      case LIST -> new ListWriter(name, type);
    };
  }

  /** Whether a value with this tag is none: null, or a hole that nothing filled. */
  static boolean isNull(int tag) {
    return tag == Values.NULL || tag == Values.UNAVAILABLE || tag == Values.CARRIED;
  }

  /**
   * Writes the value the reader stands at, which is not null.
   *
   * @param level definition level of the column where it has a value; 0 where it is required
   */
  final void write(ByteReader in, ColumnWriter out, int level) {
    int start = in.position();
    if (writeExact(in.buffer()[start], in, out, level)) {
      return;
    }

    in.reset(in.buffer(), start, in.buffer().length - start);
    Object value = cell.read(in);
    if (value != null) {
      writeObject(type, value, out, 0, level);
    }
  }

  /** Writes a value that needs no conversion; gives false, having written nothing, for others. */
  abstract boolean writeExact(int tag, ByteReader in, ColumnWriter out, int level);

  private static void writeObject(
      Type type, Object value, ColumnWriter out, int repetition, int definition) {
    switch (type.kind()) {
      case BOOLEAN -> out.write((boolean) (Boolean) value, repetition, definition);
      case INT32, DATE -> out.write((int) (Integer) value, repetition, definition);
      case INT64, TIME, TIMESTAMP, TIMESTAMPTZ ->
          out.write((long) (Long) value, repetition, definition);
      case DOUBLE -> out.write((double) (Double) value, repetition, definition);
      case DECIMAL ->
          writeDecimal(type, ((GenericFixed) value).bytes(), out, repetition, definition);
      case BYTES ->
          out.write(Binary.fromReusedByteBuffer((ByteBuffer) value), repetition, definition);
      case NULL, UUID, JSON, STRING -> {
        Utf8 text = (Utf8) value;
        out.write(
            Binary.fromReusedByteArray(text.getBytes(), 0, text.getByteLength()),
            repetition,
            definition);
      }
      case LIST -> writeList(type, (List<?>) value, out, repetition, definition, 1);
    }
  }

  private static void writeDecimal(
      Type type, byte[] unscaled, ColumnWriter out, int repetition, int definition) {
    if (type.precision() > INT64_DIGITS) {
      out.write(Binary.fromReusedByteArray(unscaled), repetition, definition);
      return;
    }

    long value = unscaled[0];
    for (int i = 1; i < unscaled.length; i++) {
      value = (value << 8) | (unscaled[i] & 0xFF);
    }

    writeDecimal(type, value, out, repetition, definition);
  }

  private static void writeDecimal(
      Type type, long unscaled, ColumnWriter out, int repetition, int definition) {
    if (type.precision() > INT32_DIGITS) {
      out.write(unscaled, repetition, definition);
    } else {
      out.write((int) unscaled, repetition, definition);
    }
  }

  /**
   * Levels of a list, as the Dremel paper has them [1]: each list adds one definition level for its
   * places and one for what stands there, which may be null.
   *
   * <p>[1] Melnik et al., Dremel: Interactive Analysis of Web-Scale Datasets, VLDB 2010
   *
   * @param repetition level at which the list begins
   * @param definition level of a list without elements
   * @param depth repetition level of the elements behind the first
   */
  private static void writeList(
      Type list, List<?> elements, ColumnWriter out, int repetition, int definition, int depth) {
    if (elements.isEmpty()) {
      out.writeNull(repetition, definition);
      return;
    }

    Type type = IcebergTypes.element(list);
    int level = repetition;
    for (Object element : elements) {
      if (element == null) {
        out.writeNull(level, definition + 1);
      } else if (type.kind() == Type.Kind.LIST) {
        writeList(type, (List<?>) element, out, level, definition + 2, depth + 1);
      } else {
        writeObject(type, element, out, level, definition + 2);
      }

      level = depth;
    }
  }

  private static final class BooleanWriter extends ValueWriter {

    BooleanWriter(String column, Type type) {
      super(column, type);
    }

    @Override
    boolean writeExact(int tag, ByteReader in, ColumnWriter out, int level) {
      if (tag != Values.FALSE && tag != Values.TRUE) {
        return false;
      }

      out.write(tag == Values.TRUE, 0, level);
      return true;
    }
  }

  private static final class Int32Writer extends ValueWriter {

    private final int expected;

    Int32Writer(String column, Type type, int expected) {
      super(column, type);
      this.expected = expected;
    }

    @Override
    boolean writeExact(int tag, ByteReader in, ColumnWriter out, int level) {
      if (tag != expected) {
        return false;
      }

      in.skip(1);
      long value = in.readSigned();
      if (value != (int) value) {
        return false;
      }

      out.write((int) value, 0, level);
      return true;
    }
  }

  private static final class Int64Writer extends ValueWriter {

    private final int expected;

    Int64Writer(String column, Type type, int expected) {
      super(column, type);
      this.expected = expected;
    }

    @Override
    boolean writeExact(int tag, ByteReader in, ColumnWriter out, int level) {
      if (tag != expected) {
        return false;
      }

      in.skip(1);
      out.write(in.readSigned(), 0, level);
      return true;
    }
  }

  private static final class DoubleWriter extends ValueWriter {

    DoubleWriter(String column, Type type) {
      super(column, type);
    }

    @Override
    boolean writeExact(int tag, ByteReader in, ColumnWriter out, int level) {
      if (tag != Values.DOUBLE) {
        return false;
      }

      in.skip(1);
      out.write(Double.longBitsToDouble(in.readLong()), 0, level);
      return true;
    }
  }

  private static final class BinaryWriter extends ValueWriter {

    private final int expected;

    BinaryWriter(String column, Type type, int expected) {
      super(column, type);
      this.expected = expected;
    }

    @Override
    boolean writeExact(int tag, ByteReader in, ColumnWriter out, int level) {
      if (tag != expected) {
        return false;
      }

      in.skip(1);
      int length = in.readSize();
      if (type.isMixed() && MixedText.digit(in.buffer(), in.position(), length) >= 0) {
        return false;
      }

      out.write(Binary.fromReusedByteArray(in.buffer(), in.position(), length), 0, level);
      return true;
    }
  }

  private static final class DecimalWriter extends ValueWriter {

    private final int scale;
    private final long limit;

    DecimalWriter(String column, Type type) {
      super(column, type);
      scale = type.scale();
      long power = 1;
      for (int i = 0; i < Math.min(type.precision(), INT64_DIGITS); i++) {
        power *= 10;
      }

      limit = power;
    }

    @Override
    boolean writeExact(int tag, ByteReader in, ColumnWriter out, int level) {
      if (tag != Values.DECIMAL || type.precision() > INT64_DIGITS) {
        return false;
      }

      in.skip(1);
      long valueScale = in.readSigned();
      int length = in.readSize();
      if (valueScale != scale || length > 8) {
        return false;
      }

      long value = (byte) in.readByte();
      for (int i = 1; i < length; i++) {
        value = (value << 8) | in.readByte();
      }

      if (value >= limit || value <= -limit) {
        return false;
      }

      writeDecimal(type, value, out, 0, level);
      return true;
    }
  }

  private static final class ListWriter extends ValueWriter {

    ListWriter(String column, Type type) {
      super(column, type);
    }

    @Override
    boolean writeExact(int tag, ByteReader in, ColumnWriter out, int level) {
      return false;
    }
  }
}
