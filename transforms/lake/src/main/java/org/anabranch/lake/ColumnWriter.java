package org.anabranch.lake;

import java.nio.ByteBuffer;
import java.util.List;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.parquet.Cell;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.util.Utf8;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands the encoded values of one column to Parquet. Values of the column's own type go straight
 * from the buffer they lie in; all others are converted first.
 */
abstract class ColumnWriter {

  /** Digits of a decimal that Parquet stores in 32 and in 64 bits. */
  private static final int INT32_DIGITS = 9;

  private static final int INT64_DIGITS = 18;

  private final Cell cell;
  final Type type;

  private ColumnWriter(String column, Type type) {
    this.type = type;
    cell = Cell.ofColumn(column, type);
  }

  static ColumnWriter of(NestedField column) {
    Type type = IcebergTypes.ours(column);
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

  /** Writes the value the reader stands at, which is not null. */
  final void write(ByteReader in, RecordConsumer out) {
    int start = in.position();
    if (writeExact(in.buffer()[start], in, out)) {
      return;
    }

    in.reset(in.buffer(), start, in.buffer().length - start);
    Object value = cell.read(in);
    if (value != null) {
      writeObject(type, value, out);
    }
  }

  /** Writes a value that needs no conversion; gives false, having written nothing, for others. */
  abstract boolean writeExact(int tag, ByteReader in, RecordConsumer out);

  private static void writeObject(Type type, Object value, RecordConsumer out) {
    switch (type.kind()) {
      case BOOLEAN -> out.addBoolean((Boolean) value);
      case INT32, DATE -> out.addInteger((Integer) value);
      case INT64, TIME, TIMESTAMP, TIMESTAMPTZ -> out.addLong((Long) value);
      case DOUBLE -> out.addDouble((Double) value);
      case DECIMAL -> writeDecimal(type, ((GenericFixed) value).bytes(), out);
      case BYTES -> out.addBinary(Binary.fromReusedByteBuffer((ByteBuffer) value));
      case NULL, UUID, JSON, STRING -> {
        Utf8 text = (Utf8) value;
        out.addBinary(Binary.fromReusedByteArray(text.getBytes(), 0, text.getByteLength()));
      }
      case LIST -> writeList(type, (List<?>) value, out);
    }
  }

  private static void writeDecimal(Type type, byte[] unscaled, RecordConsumer out) {
    if (type.precision() > INT64_DIGITS) {
      out.addBinary(Binary.fromReusedByteArray(unscaled));
      return;
    }

    long value = unscaled[0];
    for (int i = 1; i < unscaled.length; i++) {
      value = (value << 8) | (unscaled[i] & 0xFF);
    }

    writeDecimal(type, value, out);
  }

  private static void writeDecimal(Type type, long unscaled, RecordConsumer out) {
    if (type.precision() > INT32_DIGITS) {
      out.addLong(unscaled);
    } else {
      out.addInteger((int) unscaled);
    }
  }

  /** The three levels of a list: the list, its places, what stands there. */
  private static void writeList(Type type, List<?> elements, RecordConsumer out) {
    out.startGroup();
    if (!elements.isEmpty()) {
      out.startField("list", 0);
      for (Object element : elements) {
        out.startGroup();
        writeElement(type, element, out);
        out.endGroup();
      }

      out.endField("list", 0);
    }

    out.endGroup();
  }

  private static void writeElement(Type list, @Nullable Object element, RecordConsumer out) {
    Type type = list.element();
    if (element != null && type != null) {
      out.startField("element", 0);
      writeObject(type, element, out);
      out.endField("element", 0);
    }
  }

  private static final class BooleanWriter extends ColumnWriter {

    BooleanWriter(String column, Type type) {
      super(column, type);
    }

    @Override
    boolean writeExact(int tag, ByteReader in, RecordConsumer out) {
      if (tag != Values.FALSE && tag != Values.TRUE) {
        return false;
      }

      out.addBoolean(tag == Values.TRUE);
      return true;
    }
  }

  private static final class Int32Writer extends ColumnWriter {

    private final int expected;

    Int32Writer(String column, Type type, int expected) {
      super(column, type);
      this.expected = expected;
    }

    @Override
    boolean writeExact(int tag, ByteReader in, RecordConsumer out) {
      if (tag != expected) {
        return false;
      }

      in.skip(1);
      long value = in.readSigned();
      if (value != (int) value) {
        return false;
      }

      out.addInteger((int) value);
      return true;
    }
  }

  private static final class Int64Writer extends ColumnWriter {

    private final int expected;

    Int64Writer(String column, Type type, int expected) {
      super(column, type);
      this.expected = expected;
    }

    @Override
    boolean writeExact(int tag, ByteReader in, RecordConsumer out) {
      if (tag != expected) {
        return false;
      }

      in.skip(1);
      out.addLong(in.readSigned());
      return true;
    }
  }

  private static final class DoubleWriter extends ColumnWriter {

    DoubleWriter(String column, Type type) {
      super(column, type);
    }

    @Override
    boolean writeExact(int tag, ByteReader in, RecordConsumer out) {
      if (tag != Values.DOUBLE) {
        return false;
      }

      in.skip(1);
      out.addDouble(Double.longBitsToDouble(in.readLong()));
      return true;
    }
  }

  private static final class BinaryWriter extends ColumnWriter {

    private final int expected;

    BinaryWriter(String column, Type type, int expected) {
      super(column, type);
      this.expected = expected;
    }

    @Override
    boolean writeExact(int tag, ByteReader in, RecordConsumer out) {
      if (tag != expected) {
        return false;
      }

      in.skip(1);
      int length = in.readSize();
      out.addBinary(Binary.fromReusedByteArray(in.buffer(), in.position(), length));
      return true;
    }
  }

  private static final class DecimalWriter extends ColumnWriter {

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
    boolean writeExact(int tag, ByteReader in, RecordConsumer out) {
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

      writeDecimal(type, value, out);
      return true;
    }
  }

  private static final class ListWriter extends ColumnWriter {

    ListWriter(String column, Type type) {
      super(column, type);
    }

    @Override
    boolean writeExact(int tag, ByteReader in, RecordConsumer out) {
      return false;
    }
  }
}
