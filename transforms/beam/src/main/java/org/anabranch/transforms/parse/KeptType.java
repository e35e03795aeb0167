package org.anabranch.transforms.parse;

import java.math.BigDecimal;
import java.util.Objects;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Type;
import org.anabranch.model.Values;

/**
 * Type of a stored column that must stay as it is. A value fits where the column holds it exactly;
 * text holds everything, as the text of the value.
 */
record KeptType(Type type) {

  /** Whole numbers up to here are doubles without loss. */
  private static final long MAX_EXACT_DOUBLE = 1L << 53;

  private static final int ALL = -1;

  /** Set of tags of encoded values that always fit, one bit each. */
  int tags() {
    return switch (type.kind()) {
      case NULL, UUID, JSON, STRING -> ALL;
      case BOOLEAN -> 1 << Values.NULL | 1 << Values.FALSE | 1 << Values.TRUE;
      case INT64 -> 1 << Values.NULL | 1 << Values.INT;
      default -> 1 << Values.NULL;
    };
  }

  /** Whether the encoded value the reader stands at fits; moves the reader behind it if so. */
  boolean holds(ByteReader in) {
    return holds(in, type);
  }

  private static boolean holds(ByteReader in, Type type) {
    int tag = in.buffer()[in.position()];
    if (tag == Values.NULL) {
      in.skip(1);
      return true;
    }

    if (tag == Values.LIST && type.element() != null) {
      return holdsElements(in, type.element());
    }

    return switch (type.kind()) {
      case NULL, UUID, JSON, STRING -> skipped(in);
      case BOOLEAN -> (tag == Values.FALSE || tag == Values.TRUE) && skipped(in);
      case INT32 -> tag == Values.INT && isBetween(in, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case INT64 -> tag == Values.INT && skipped(in);
      case DOUBLE ->
          tag == Values.DOUBLE
              ? skipped(in)
              : tag == Values.INT && isBetween(in, -MAX_EXACT_DOUBLE, MAX_EXACT_DOUBLE);
      case DECIMAL -> (tag == Values.DECIMAL || tag == Values.INT) && isDecimal(in, type);
      case DATE -> tag == Values.DATE && skipped(in);
      case TIME -> tag == Values.TIME && skipped(in);
      case TIMESTAMP -> tag == Values.TIMESTAMP && skipped(in);
      case TIMESTAMPTZ -> tag == Values.TIMESTAMPTZ && skipped(in);
      case BYTES -> tag == Values.BYTES && skipped(in);
      case LIST -> false;
    };
  }

  private static boolean holdsElements(ByteReader in, Type element) {
    in.skip(1);
    for (int left = in.readSize(); left > 0; left--) {
      if (!holds(in, element)) {
        return false;
      }
    }

    return true;
  }

  private static boolean skipped(ByteReader in) {
    Values.skip(in);
    return true;
  }

  private static boolean isBetween(ByteReader in, long least, long most) {
    in.skip(1);
    long value = in.readSigned();
    return value >= least && value <= most;
  }

  private static boolean isDecimal(ByteReader in, Type type) {
    Object read = Objects.requireNonNull(Values.read(in));
    BigDecimal value = read instanceof Long number ? BigDecimal.valueOf(number) : (BigDecimal) read;
    if (value.signum() == 0) {
      return true;
    }

    BigDecimal plain = value.stripTrailingZeros();
    return plain.scale() <= type.scale()
        && (long) plain.precision() - plain.scale() <= type.integerDigits();
  }

  /** How people call it, for the detail of a dead letter. */
  @Override
  public String toString() {
    return type.plain().toString();
  }
}
