package org.anabranch.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;

/**
 * How the values of one primitive Parquet type are encoded, and the type they have in a table.
 *
 * <p>Source of the meaning of the annotations: Parquet logical type definitions,
 * https://github.com/apache/parquet-format/blob/master/LogicalTypes.md
 */
abstract class Leaf {

  private static final long MICROS_PER_DAY = 86_400_000_000L;

  /** Julian day of 1970-01-01, by which INT96 counts its days. */
  private static final int JULIAN_EPOCH = 2_440_588;

  private final Type type;

  private Leaf(Type type) {
    this.type = type;
  }

  final Type type() {
    return type;
  }

  void encode(ByteWriter out, boolean value) {
    throw unexpected();
  }

  /** Values stored in 32 or 64 bits. */
  void encode(ByteWriter out, long value) {
    throw unexpected();
  }

  void encode(ByteWriter out, double value) {
    throw unexpected();
  }

  void encode(ByteWriter out, Binary value) {
    throw unexpected();
  }

  private IllegalStateException unexpected() {
    return new IllegalStateException("a stored value does not have the type of its column " + type);
  }

  static Leaf of(PrimitiveType stored) {
    LogicalTypeAnnotation annotation = stored.getLogicalTypeAnnotation();
    return switch (stored.getPrimitiveTypeName()) {
      case BOOLEAN -> new BooleanLeaf();
      case FLOAT, DOUBLE -> new DoubleLeaf();
      case INT32 -> ofInteger(annotation, Type.INT32);
      case INT64 -> ofInteger(annotation, Type.INT64);
      case INT96 -> new Int96Leaf();
      case BINARY, FIXED_LEN_BYTE_ARRAY -> ofBinary(annotation);
    };
  }

  private static Leaf ofInteger(LogicalTypeAnnotation annotation, Type plain) {
    if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
      return new DecimalLeaf(decimal.getPrecision(), decimal.getScale());
    }

    if (annotation instanceof IntLogicalTypeAnnotation integer && !integer.isSigned()) {
      return switch (integer.getBitWidth()) {
        case 64 -> new Unsigned64Leaf();
        case 32 -> new UnsignedLeaf();
        default -> new IntegerLeaf(Type.INT32);
      };
    }

    if (annotation instanceof LogicalTypeAnnotation.DateLogicalTypeAnnotation) {
      return new TemporalLeaf(Type.DATE, Values.DATE, 1, 1);
    }

    if (annotation instanceof TimeLogicalTypeAnnotation time) {
      return temporal(Type.TIME, Values.TIME, time.getUnit());
    }

    if (annotation instanceof TimestampLogicalTypeAnnotation timestamp) {
      return timestamp.isAdjustedToUTC()
          ? temporal(Type.TIMESTAMPTZ, Values.TIMESTAMPTZ, timestamp.getUnit())
          : temporal(Type.TIMESTAMP, Values.TIMESTAMP, timestamp.getUnit());
    }

    return new IntegerLeaf(plain);
  }

  private static Leaf temporal(Type type, int tag, TimeUnit unit) {
    return switch (unit) {
      case MILLIS -> new TemporalLeaf(type, tag, 1000, 1);
      case MICROS -> new TemporalLeaf(type, tag, 1, 1);
      case NANOS -> new TemporalLeaf(type, tag, 1, 1000);
    };
  }

  private static Leaf ofBinary(LogicalTypeAnnotation annotation) {
    if (annotation instanceof DecimalLogicalTypeAnnotation decimal) {
      return new DecimalLeaf(decimal.getPrecision(), decimal.getScale());
    }

    if (annotation instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
        || annotation instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation) {
      return new BinaryLeaf(Type.STRING, Values.STRING);
    }

    if (annotation instanceof LogicalTypeAnnotation.JsonLogicalTypeAnnotation) {
      return new BinaryLeaf(Type.JSON, Values.STRING);
    }

    if (annotation instanceof LogicalTypeAnnotation.UUIDLogicalTypeAnnotation) {
      return new UuidLeaf();
    }

    if (annotation instanceof LogicalTypeAnnotation.IntervalLogicalTypeAnnotation) {
      return new IntervalLeaf();
    }

    if (annotation instanceof LogicalTypeAnnotation.Float16LogicalTypeAnnotation) {
      return new Float16Leaf();
    }

    return new BinaryLeaf(Type.BYTES, Values.BYTES);
  }

  private static final class BooleanLeaf extends Leaf {

    BooleanLeaf() {
      super(Type.BOOLEAN);
    }

    @Override
    void encode(ByteWriter out, boolean value) {
      out.writeByte(value ? Values.TRUE : Values.FALSE);
    }
  }

  private static final class DoubleLeaf extends Leaf {

    DoubleLeaf() {
      super(Type.DOUBLE);
    }

    @Override
    void encode(ByteWriter out, double value) {
      Values.writeDouble(out, value);
    }
  }

  private static final class IntegerLeaf extends Leaf {

    IntegerLeaf(Type type) {
      super(type);
    }

    @Override
    void encode(ByteWriter out, long value) {
      Values.writeInt(out, value);
    }
  }

  private static final class UnsignedLeaf extends Leaf {

    UnsignedLeaf() {
      super(Type.INT64);
    }

    @Override
    void encode(ByteWriter out, long value) {
      Values.writeInt(out, value & 0xFFFF_FFFFL);
    }
  }

  private static final class Unsigned64Leaf extends Leaf {

    Unsigned64Leaf() {
      super(Type.decimal(20, 0));
    }

    @Override
    void encode(ByteWriter out, long value) {
      Values.writeDecimal(out, new BigDecimal(Long.toUnsignedString(value)));
    }
  }

  /** Multiplied to microseconds, or divided to them and rounded down. */
  private static final class TemporalLeaf extends Leaf {

    private final int tag;
    private final int multiplier;
    private final int divisor;

    TemporalLeaf(Type type, int tag, int multiplier, int divisor) {
      super(type);
      this.tag = tag;
      this.multiplier = multiplier;
      this.divisor = divisor;
    }

    @Override
    void encode(ByteWriter out, long value) {
      long exact = multiplier == 1 ? value : Math.multiplyExact(value, (long) multiplier);
      Values.writeTemporal(out, tag, divisor == 1 ? exact : Math.floorDiv(exact, divisor));
    }
  }

  /**
   * Nanoseconds of the day, then the Julian day, both little-endian; an instant as Spark has it.
   */
  private static final class Int96Leaf extends Leaf {

    Int96Leaf() {
      super(Type.TIMESTAMPTZ);
    }

    @Override
    void encode(ByteWriter out, Binary value) {
      ByteBuffer bytes = value.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      int start = bytes.position();
      long micros = Math.floorDiv(bytes.getLong(start), 1000L);
      long days = (long) bytes.getInt(start + 8) - JULIAN_EPOCH;
      Values.writeTemporal(out, Values.TIMESTAMPTZ, days * MICROS_PER_DAY + micros);
    }
  }

  /** Decimals of more digits than a table's type can have become text. */
  private static final class DecimalLeaf extends Leaf {

    private final int scale;
    private final byte[] unscaled = new byte[8];

    DecimalLeaf(int precision, int scale) {
      super(precision > Type.MAX_PRECISION ? Type.STRING : Type.decimal(precision, scale));
      this.scale = scale;
    }

    @Override
    void encode(ByteWriter out, long value) {
      for (int i = 7; i >= 0; i--) {
        unscaled[i] = (byte) (value >> (8 * (7 - i)));
      }

      write(out, unscaled, 0, 8);
    }

    @Override
    void encode(ByteWriter out, Binary value) {
      if (type().equals(Type.STRING)) {
        BigDecimal decimal = new BigDecimal(new BigInteger(value.getBytesUnsafe()), scale);
        Values.writeString(out, decimal.toPlainString());
        return;
      }

      byte[] bytes = value.getBytesUnsafe();
      write(out, bytes, 0, bytes.length);
    }

    /** Drops leading bytes that only repeat the sign: equal values have equal bytes. */
    private void write(ByteWriter out, byte[] bytes, int offset, int end) {
      int start = offset;
      while (start < end - 1 && bytes[start] == (byte) (bytes[start + 1] >> 7)) {
        start++;
      }

      out.writeByte(Values.DECIMAL);
      out.writeSigned(scale);
      out.writeVarint(end - start);
      out.write(bytes, start, end - start);
    }
  }

  private static final class BinaryLeaf extends Leaf {

    private final int tag;

    BinaryLeaf(Type type, int tag) {
      super(type);
      this.tag = tag;
    }

    @Override
    void encode(ByteWriter out, Binary value) {
      out.writeByte(tag);
      ByteBuffer bytes = value.toByteBuffer();
      int length = bytes.remaining();
      out.writeVarint(length);
      if (bytes.hasArray()) {
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), length);
        return;
      }

      out.write(value.getBytesUnsafe(), 0, length);
    }
  }

  private static final class UuidLeaf extends Leaf {

    UuidLeaf() {
      super(Type.UUID);
    }

    @Override
    void encode(ByteWriter out, Binary value) {
      ByteBuffer bytes = value.toByteBuffer().order(ByteOrder.BIG_ENDIAN);
      int start = bytes.position();
      UUID uuid = new UUID(bytes.getLong(start), bytes.getLong(start + 8));
      Values.writeString(out, uuid.toString());
    }
  }

  /** Months, days and milliseconds as ISO 8601 text, e.g. {@code P14M3DT1.500S}. */
  private static final class IntervalLeaf extends Leaf {

    IntervalLeaf() {
      super(Type.STRING);
    }

    @Override
    void encode(ByteWriter out, Binary value) {
      ByteBuffer bytes = value.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      int start = bytes.position();
      BigDecimal seconds = BigDecimal.valueOf(Integer.toUnsignedLong(bytes.getInt(start + 8)), 3);
      Values.writeString(
          out,
          "P"
              + Integer.toUnsignedString(bytes.getInt(start))
              + "M"
              + Integer.toUnsignedString(bytes.getInt(start + 4))
              + "DT"
              + seconds.toPlainString()
              + "S");
    }
  }

  /** IEEE 754 half precision: 1 bit sign, 5 bits exponent, 10 bits fraction, little-endian. */
  private static final class Float16Leaf extends Leaf {

    Float16Leaf() {
      super(Type.DOUBLE);
    }

    @Override
    void encode(ByteWriter out, Binary value) {
      ByteBuffer bytes = value.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      int bits = bytes.getShort(bytes.position()) & 0xFFFF;
      int exponent = bits >> 10 & 0x1F;
      int fraction = bits & 0x3FF;
      double magnitude =
          switch (exponent) {
            case 0 -> Math.scalb((double) fraction, -24);
            case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> Math.scalb((double) (fraction | 0x400), exponent - 25);
          };
      Values.writeDouble(out, bits >> 15 == 0 ? magnitude : -magnitude);
    }
  }
}
