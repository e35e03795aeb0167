package org.anabranch.lake;

import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Type;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Schemas of tables with whole numbers and texts; ids in the order in which columns come. */
final class SimpleShape {

  private SimpleShape() {}

  static Schema next(@Nullable Schema current, org.anabranch.model.Schema columns) {
    List<NestedField> fields = new ArrayList<>(current == null ? List.of() : current.columns());
    int id = current == null ? 0 : current.highestFieldId();
    for (var column : columns.columns()) {
      if (current == null || current.findField(column.name()) == null) {
        fields.add(
            NestedField.optional(
                ++id,
                column.name(),
                column.type().equals(Type.INT64) ? Types.LongType.get() : Types.StringType.get()));
      }
    }

    if (current == null) {
      fields.add(NestedField.optional(++id, BucketFiles.COLUMN, Types.IntegerType.get()));
    }

    return new Schema(fields);
  }
}
