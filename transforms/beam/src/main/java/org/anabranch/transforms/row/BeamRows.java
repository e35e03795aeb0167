package org.anabranch.transforms.row;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.EnumerationType;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.schemas.logicaltypes.SqlTypes;
import org.apache.beam.sdk.values.Row;
import org.joda.time.ReadableInstant;
import org.jspecify.annotations.Nullable;

/**
 * What Beam's fields are in a table and back. Times have microseconds: dates, times and timestamps
 * come out as logical types of {@code java.time}, those with a zone as {@link MicrosInstant}, for
 * Beam's own {@code DATETIME} has milliseconds only.
 *
 * <table>
 * <caption>Types</caption>
 * <tr><th>field in</th><th>column</th><th>field out</th></tr>
 * <tr><td>BOOLEAN</td><td>boolean</td><td>BOOLEAN</td></tr>
 * <tr><td>BYTE, INT16, INT32</td><td>int</td><td>INT32</td></tr>
 * <tr><td>INT64</td><td>bigint</td><td>INT64</td></tr>
 * <tr><td>FLOAT, DOUBLE</td><td>double</td><td>DOUBLE</td></tr>
 * <tr><td>DECIMAL</td><td>decimal with the digits of its values</td><td>DECIMAL</td></tr>
 * <tr><td>STRING, EnumerationType</td><td>string</td><td>STRING</td></tr>
 * <tr><td>BYTES</td><td>bytes</td><td>BYTES</td></tr>
 * <tr><td>DATETIME, MicrosInstant, SqlTypes.TIMESTAMP, NanosInstant</td><td>timestamptz</td>
 *     <td>MicrosInstant</td></tr>
 * <tr><td>SqlTypes.DATETIME</td><td>timestamp</td><td>SqlTypes.DATETIME</td></tr>
 * <tr><td>SqlTypes.DATE, SqlTypes.TIME</td><td>date, time</td><td>the same</td></tr>
 * <tr><td>SqlTypes.UUID</td><td>uuid</td><td>STRING</td></tr>
 * <tr><td>ARRAY, ITERABLE of these</td><td>list</td><td>ARRAY</td></tr>
 * </table>
 */
public final class BeamRows {

  private static final String NANOS_INSTANT = "beam:logical_type:nanos_instant:v1";

  private BeamRows() {}

  /** Schema of the rows of a table; every field may be null. */
  public static Schema schema(org.anabranch.model.Schema table) {
    Schema.Builder schema = Schema.builder();
    for (Column column : table.columns()) {
      schema.addField(Field.nullable(column.name(), field(column.type())));
    }

    return schema.build();
  }

  private static FieldType field(Type type) {
    Type element = type.element();
    if (element != null) {
      return FieldType.array(field(element).withNullable(true));
    }

    return switch (type.kind()) {
      case BOOLEAN -> FieldType.BOOLEAN;
      case INT32 -> FieldType.INT32;
      case INT64 -> FieldType.INT64;
      case DOUBLE -> FieldType.DOUBLE;
      case DECIMAL -> FieldType.DECIMAL;
      case DATE -> FieldType.logicalType(SqlTypes.DATE);
      case TIME -> FieldType.logicalType(SqlTypes.TIME);
      case TIMESTAMP -> FieldType.logicalType(SqlTypes.DATETIME);
      case TIMESTAMPTZ -> FieldType.logicalType(new MicrosInstant());
      case BYTES -> FieldType.BYTES;
      case NULL, UUID, JSON, STRING, LIST -> FieldType.STRING;
    };
  }

  /**
   * A row of a table.
   *
   * @param values of all columns in order, as {@link org.anabranch.model.Values#read} gives them
   */
  public static Row row(Schema schema, List<? extends @Nullable Object> values) {
    Row.Builder row = Row.withSchema(schema);
    for (int i = 0; i < values.size(); i++) {
      row.addValue(toBeam(schema.getField(i).getType(), values.get(i)));
    }

    return row.build();
  }

  private static @Nullable Object toBeam(FieldType type, @Nullable Object value) {
    if (value == null) {
      return null;
    }

    FieldType element = type.getCollectionElementType();
    if (element != null && value instanceof List<?> list) {
      List<@Nullable Object> elements = new ArrayList<>();
      list.forEach(one -> elements.add(toBeam(element, one)));
      return elements;
    }

    if (value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      return copy;
    }

    return switch (type.getTypeName()) {
      case INT32 -> ((Number) value).intValue();
      case INT64 -> ((Number) value).longValue();
      case DOUBLE -> ((Number) value).doubleValue();
      case DECIMAL -> value instanceof Long whole ? BigDecimal.valueOf(whole) : value;
      default -> value;
    };
  }

  /**
   * Type of the column that a field becomes; null where it follows from each value.
   *
   * @throws IllegalArgumentException for a field that no column can have
   */
  public static @Nullable Type type(Field field) {
    return type(field.getName(), field.getType());
  }

  private static @Nullable Type type(String name, FieldType type) {
    FieldType element = type.getCollectionElementType();
    if (element != null) {
      Type ofElement = type(name, element);
      return ofElement == null ? null : Type.listOf(ofElement);
    }

    Schema.LogicalType<?, ?> logical = type.getLogicalType();
    if (logical != null) {
      return logical(name, logical);
    }

    return switch (type.getTypeName()) {
      case BOOLEAN -> Type.BOOLEAN;
      case BYTE, INT16, INT32 -> Type.INT32;
      case INT64 -> Type.INT64;
      case FLOAT, DOUBLE -> Type.DOUBLE;
      case DECIMAL -> null;
      case STRING -> Type.STRING;
      case BYTES -> Type.BYTES;
      case DATETIME -> Type.TIMESTAMPTZ;
      default ->
          throw new IllegalArgumentException(
              "field '%s' is a %s, which no column can be: flatten it, or write it as text first"
                  .formatted(name, type.getTypeName()));
    };
  }

  private static @Nullable Type logical(String name, Schema.LogicalType<?, ?> logical) {
    String identifier = logical.getIdentifier();
    if (identifier.equals(SqlTypes.DATE.getIdentifier())) {
      return Type.DATE;
    }

    if (identifier.equals(SqlTypes.TIME.getIdentifier())) {
      return Type.TIME;
    }

    if (identifier.equals(SqlTypes.DATETIME.getIdentifier())) {
      return Type.TIMESTAMP;
    }

    if (identifier.equals(SqlTypes.UUID.getIdentifier())) {
      return Type.UUID;
    }

    if (isInstant(identifier)) {
      return Type.TIMESTAMPTZ;
    }

    return identifier.equals(EnumerationType.IDENTIFIER)
        ? Type.STRING
        : type(name, logical.getBaseType());
  }

  private static boolean isInstant(String identifier) {
    return identifier.equals(SqlTypes.TIMESTAMP.getIdentifier())
        || identifier.equals(MicrosInstant.IDENTIFIER)
        || identifier.equals(NANOS_INSTANT);
  }

  /**
   * The value of a field as {@link org.anabranch.model.Values#write} takes it. Nanoseconds are cut
   * off.
   *
   * @throws IllegalArgumentException for a value that no column can have
   */
  public static @Nullable Object toModel(FieldType type, @Nullable Object value) {
    if (value == null) {
      return null;
    }

    if (value instanceof Byte || value instanceof Short || value instanceof Integer) {
      return ((Number) value).longValue();
    }

    if (value instanceof Float number) {
      return number.doubleValue();
    }

    if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes);
    }

    if (value instanceof ReadableInstant instant) {
      return Instant.ofEpochMilli(instant.getMillis());
    }

    if (value instanceof UUID uuid) {
      return uuid.toString();
    }

    if (value instanceof EnumerationType.Value constant
        && type.getLogicalType() instanceof EnumerationType enumeration) {
      return enumeration.toString(constant);
    }

    FieldType element = type.getCollectionElementType();
    if (element != null) {
      List<@Nullable Object> elements = new ArrayList<>();
      for (Object one : (Iterable<?>) value) {
        elements.add(toModel(element, one));
      }

      return elements;
    }

    boolean isKnown =
        value instanceof Boolean
            || value instanceof Long
            || value instanceof Double
            || value instanceof BigDecimal
            || value instanceof String
            || value instanceof LocalDate
            || value instanceof LocalTime
            || value instanceof LocalDateTime
            || value instanceof Instant;
    if (!isKnown) {
      throw new IllegalArgumentException("no column holds a " + value.getClass().getName());
    }

    return value;
  }
}
