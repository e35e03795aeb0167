package org.anabranch.lake;

import java.util.function.IntSupplier;
import org.anabranch.model.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** The types of columns in Iceberg. What has no type of its own there is text. */
final class IcebergTypes {

  private IcebergTypes() {}

  /**
   * @param nextId id for the elements of a list, until Iceberg gives the ids of a table or an
   *     update
   */
  static org.apache.iceberg.types.Type of(Type type, IntSupplier nextId) {
    return switch (type.kind()) {
      case BOOLEAN -> Types.BooleanType.get();
      case INT32 -> Types.IntegerType.get();
      case INT64 -> Types.LongType.get();
      case DOUBLE -> Types.DoubleType.get();
      case DECIMAL -> Types.DecimalType.of(type.precision(), type.scale());
      case DATE -> Types.DateType.get();
      case TIME -> Types.TimeType.get();
      case TIMESTAMP -> Types.TimestampType.withoutZone();
      case TIMESTAMPTZ -> Types.TimestampType.withZone();
      case BYTES -> Types.BinaryType.get();
      case NULL, UUID, JSON, STRING -> Types.StringType.get();
      case LIST -> Types.ListType.ofOptional(nextId.getAsInt(), of(element(type), nextId));
    };
  }

  static Type element(Type list) {
    Type element = list.element();
    if (element == null) {
      throw new IllegalArgumentException("a list needs the type of its elements: " + list.kind());
    }

    return element;
  }

  /** Our type of the values of a column that we write. */
  static Type ours(NestedField column) {
    return ours(column.name(), column.type());
  }

  /** The same with what we know of text that has booleans and numbers among it. */
  static Type ours(NestedField column, @Nullable Type known) {
    Type type = ours(column);
    return known == null ? type : withMixedText(type, known);
  }

  private static Type withMixedText(Type type, Type known) {
    if (type.element() != null && known.element() != null) {
      return Type.listOf(withMixedText(type.element(), known.element()));
    }

    return type.kind() == Type.Kind.STRING && known.isMixed() ? known : type;
  }

  private static Type ours(String column, org.apache.iceberg.types.Type type) {
    return switch (type.typeId()) {
      case BOOLEAN -> Type.BOOLEAN;
      case INTEGER -> Type.INT32;
      case LONG -> Type.INT64;
      case DOUBLE -> Type.DOUBLE;
      case DECIMAL -> {
        Types.DecimalType decimal = (Types.DecimalType) type;
        yield Type.decimal(decimal.precision(), decimal.scale());
      }
      case DATE -> Type.DATE;
      case TIME -> Type.TIME;
      case TIMESTAMP ->
          ((Types.TimestampType) type).shouldAdjustToUTC() ? Type.TIMESTAMPTZ : Type.TIMESTAMP;
      case BINARY -> Type.BYTES;
      case STRING -> Type.STRING;
      case LIST -> Type.listOf(ours(column, type.asListType().elementType()));
      default ->
          throw new IllegalArgumentException(
              "column '" + column + "' has type " + type + ", which cannot be written");
    };
  }
}
