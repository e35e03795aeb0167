package org.anabranch.pipelines;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.Schema.TypeName;
import org.apache.beam.sdk.schemas.logicaltypes.FixedPrecisionNumeric;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/** Columns of tables as fields of Beam's rows: types and values, both ways. */
final class RowTypes {

  private RowTypes() {}

  /**
   * The columns of rows.
   *
   * @throws IllegalArgumentException for a field that a table cannot hold
   */
  static org.anabranch.model.Schema columns(Schema schema) {
    List<Column> columns = new ArrayList<>();
    for (Field field : schema.getFields()) {
      columns.add(new Column(field.getName(), type(field), columns.size()));
    }

    return org.anabranch.model.Schema.of(columns);
  }

  private static Type type(Field field) {
    FieldType type = field.getType();
    return switch (type.getTypeName()) {
      case BOOLEAN -> Type.BOOLEAN;
      case INT32 -> Type.INT32;
      case INT64 -> Type.INT64;
      case DOUBLE -> Type.DOUBLE;
      case STRING -> Type.STRING;
      case BYTES -> Type.BYTES;
      case DATETIME -> Type.TIMESTAMPTZ;
      case LOGICAL_TYPE -> logicalType(field);
      default -> throw unknown(field);
    };
  }

  private static Type logicalType(Field field) {
    FieldType type = field.getType();
    if (is(type, MicrosInstant.IDENTIFIER)) {
      return Type.TIMESTAMPTZ;
    }

    if (is(type, FixedPrecisionNumeric.IDENTIFIER)) {
      Row digits = digits(type);
      return Type.decimal(number(digits, "precision"), number(digits, "scale"));
    }

    if (is(type, SqlTypes.DATE.getIdentifier())) {
      return Type.DATE;
    }

    if (is(type, SqlTypes.TIME.getIdentifier())) {
      return Type.TIME;
    }

    if (is(type, SqlTypes.DATETIME.getIdentifier())) {
      return Type.TIMESTAMP;
    }

    throw unknown(field);
  }

  private static Row digits(FieldType type) {
    return Objects.requireNonNull(Objects.requireNonNull(type.getLogicalType()).getArgument());
  }

  private static int number(Row digits, String name) {
    return Objects.requireNonNull(digits.getInt32(name));
  }

  private static String identifier(FieldType type) {
    return Objects.requireNonNull(type.getLogicalType()).getIdentifier();
  }

  private static boolean is(FieldType type, String identifier) {
    return type.getTypeName() == TypeName.LOGICAL_TYPE && identifier(type).equals(identifier);
  }

  private static IllegalArgumentException unknown(Field field) {
    return new IllegalArgumentException(
        ("field '%s' must be BOOLEAN, INT32, INT64, DOUBLE, STRING, BYTES, DATETIME, MicrosInstant,"
                + " SqlTypes.DATE, SqlTypes.TIME, SqlTypes.DATETIME or FixedPrecisionNumeric, but"
                + " was: %s")
            .formatted(field.getName(), field.getType()));
  }

  /**
   * A stored value as the field wants it.
   *
   * @throws IllegalStateException where it is of another type, or null where the field has no nulls
   */
  static @Nullable Object toField(String table, Field field, @Nullable Object stored) {
    FieldType type = field.getType();
    if (stored == null) {
      if (!Boolean.TRUE.equals(type.getNullable())) {
        throw wrong(table, field, "null");
      }

      return null;
    }

    try {
      return switch (type.getTypeName()) {
        case INT32 -> Math.toIntExact((Long) stored);
        case DOUBLE -> ((Number) stored).doubleValue();
        case BYTES -> bytes((ByteBuffer) stored);
        case DATETIME -> org.joda.time.Instant.ofEpochMilli(((Instant) stored).toEpochMilli());
        case LOGICAL_TYPE ->
            is(type, FixedPrecisionNumeric.IDENTIFIER) ? decimal(type, stored) : stored;
        default -> stored;
      };
    } catch (ArithmeticException | ClassCastException e) {
      throw wrong(table, field, stored.getClass().getSimpleName());
    }
  }

  private static BigDecimal decimal(FieldType type, Object stored) {
    BigDecimal number =
        stored instanceof Long whole ? BigDecimal.valueOf(whole) : (BigDecimal) stored;
    return number.setScale(number(digits(type), "scale"), RoundingMode.UNNECESSARY);
  }

  private static byte[] bytes(ByteBuffer stored) {
    byte[] copy = new byte[stored.remaining()];
    stored.duplicate().get(copy);
    return copy;
  }

  private static IllegalStateException wrong(String table, Field field, String found) {
    return new IllegalStateException(
        "column '%s' of table '%s' must be %s%s, but a row has: %s"
            .formatted(
                field.getName(),
                table,
                field.getType().getTypeName(),
                Boolean.TRUE.equals(field.getType().getNullable()) ? " or null" : "",
                found));
  }

  /** A value of a field as tables store it; see {@link Values#write}. */
  static @Nullable Object toStored(@Nullable Object value) {
    if (value instanceof org.joda.time.ReadableInstant time) {
      return Instant.ofEpochMilli(time.getMillis());
    }

    return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
  }
}
