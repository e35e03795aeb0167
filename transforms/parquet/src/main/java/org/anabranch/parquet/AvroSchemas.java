package org.anabranch.parquet;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Type;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** Avro schemas of tables: every column may be null, as may every element of a list. */
final class AvroSchemas {

  private AvroSchemas() {}

  /**
   * Record with a field per column.
   *
   * @param names of the fields, legal in Avro
   * @param types of the columns in the same order
   */
  static Schema record(List<String> names, List<Type> types) {
    List<Schema.Field> fields = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Schema column = nullable(types.get(i), "decimal" + i);
      fields.add(new Schema.Field(names.get(i), column, null, Schema.Field.NULL_DEFAULT_VALUE));
    }

    return Schema.createRecord("row", null, null, false, fields);
  }

  private static Schema nullable(Type type, String decimalName) {
    return Schema.createUnion(Schema.create(Schema.Type.NULL), of(type, decimalName));
  }

  private static Schema of(Type type, String decimalName) {
    return switch (type.kind()) {
      case BOOLEAN -> Schema.create(Schema.Type.BOOLEAN);
      case INT32 -> Schema.create(Schema.Type.INT);
      case INT64 -> Schema.create(Schema.Type.LONG);
      case DOUBLE -> Schema.create(Schema.Type.DOUBLE);
      case DECIMAL -> {
        Schema fixed = Schema.createFixed(decimalName, null, null, decimalBytes(type));
        yield LogicalTypes.decimal(type.precision(), type.scale()).addToSchema(fixed);
      }
      case DATE -> LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
      case TIME -> LogicalTypes.timeMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case TIMESTAMP ->
          LogicalTypes.localTimestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case TIMESTAMPTZ ->
          LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case BYTES -> Schema.create(Schema.Type.BYTES);
      case NULL, UUID, JSON, STRING -> Schema.create(Schema.Type.STRING);
      case LIST -> Schema.createArray(nullable(elementOf(type), decimalName));
    };
  }

  static Type elementOf(Type list) {
    Type element = list.element();
    if (element == null) {
      throw new IllegalArgumentException("a list needs the type of its elements: " + list.kind());
    }

    return element;
  }

  /** Smallest number of bytes that holds every unscaled value of the precision, with its sign. */
  static int decimalBytes(Type type) {
    return BigInteger.TEN.pow(type.precision()).bitLength() / 8 + 1;
  }
}
