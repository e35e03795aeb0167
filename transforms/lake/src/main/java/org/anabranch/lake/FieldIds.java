package org.anabranch.lake;

import java.util.ArrayList;
import java.util.List;
import org.anabranch.parquet.ParquetRows;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** Finds the columns of a table in its files: by field id, whatever they are called there. */
final class FieldIds implements ParquetRows.Columns {

  private final String path;
  private final int[] ids;

  /**
   * @param names of the columns in the order wanted; one the schema does not have is null
   */
  FieldIds(String path, Schema schema, List<String> names) {
    this.path = path;
    ids = new int[names.size()];
    for (int i = 0; i < ids.length; i++) {
      NestedField field = schema.asStruct().field(names.get(i));
      ids[i] = field == null ? -1 : field.fieldId();
    }
  }

  @Override
  public List<@Nullable Type> of(MessageType file) {
    if (file.getFields().stream().allMatch(field -> field.getId() == null)) {
      throw new IllegalStateException("a data file must have field ids: " + path);
    }

    List<@Nullable Type> fields = new ArrayList<>();
    for (int id : ids) {
      fields.add(find(file, id));
    }

    return fields;
  }

  static @Nullable Type find(MessageType file, int id) {
    for (Type field : file.getFields()) {
      if (field.getId() != null && field.getId().intValue() == id) {
        return field;
      }
    }

    return null;
  }
}
