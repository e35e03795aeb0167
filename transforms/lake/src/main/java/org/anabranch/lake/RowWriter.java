package org.anabranch.lake;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.RowSlices;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Hands encoded rows to the columns of Parquet, under the field ids of an Iceberg schema. */
final class RowWriter {

  private final MessageType message;
  private final Map<String, String> footer;
  private final ColumnDescriptor[] descriptors;
  private final ColumnWriter[] outputs;

  /** Place of each field in the slices of a row; -1 for a field they do not have. */
  private final int[] places;

  private final @Nullable ValueWriter[] writers;

  /** Definition level of a field that has a value: 1, or 0 where it is required. */
  private final int[] present;

  private final int bucketField;
  private final int bucket;
  private final ByteReader reader = new ByteReader(new byte[0]);

  /**
   * @param columns names of the columns in the order of the slices of a row
   * @param types our types of the columns by name, where they are known
   * @param bucket value of the column of the bucket, where the schema has one
   * @param footer entries of the file's footer
   */
  RowWriter(
      Schema schema,
      List<String> columns,
      Map<String, Type> types,
      int bucket,
      Map<String, String> footer) {
    message = ParquetSchemaUtil.convert(schema, "table");
    this.bucket = bucket;
    this.footer = new HashMap<>(footer);
    this.footer.put("iceberg.schema", SchemaParser.toJson(schema));
    Map<String, Integer> byName = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      byName.put(columns.get(i), i);
    }

    List<NestedField> fields = schema.columns();
    int size = fields.size();
    descriptors = message.getColumns().toArray(ColumnDescriptor[]::new);
    outputs = new ColumnWriter[size];
    places = new int[size];
    present = new int[size];
    writers = new ValueWriter[size];
    int ofBucket = -1;
    for (int i = 0; i < size; i++) {
      NestedField field = fields.get(i);
      present[i] = field.isRequired() ? 0 : 1;
      places[i] = byName.getOrDefault(field.name(), -1);
      if (places[i] >= 0) {
        writers[i] = ValueWriter.of(field, types.get(field.name()));
      } else if (field.name().equals(LakeLayout.BUCKET)) {
        ofBucket = i;
      } else if (field.isRequired()) {
        throw new IllegalArgumentException(
            "column '" + field.name() + "' is required, but its values are not known");
      }
    }

    bucketField = ofBucket;
    check();
  }

  private void check() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < descriptors.length; i++) {
      // Names are made legal for Avro, which can make two of them the same.
      String name = message.getFieldName(i);
      if (!names.add(name)) {
        throw new IllegalArgumentException("two columns are named '" + name + "' in Parquet");
      }

      ValueWriter writer = writers[i];
      if (writer != null && levels(i) != descriptors[i].getMaxDefinitionLevel()) {
        throw new IllegalArgumentException("the elements of list '" + name + "' must be optional");
      }
    }
  }

  /** Definition level of a value: one if it may be null, and two for each list around it. */
  private int levels(int field) {
    return present[field] + 2 * descriptors[field].getMaxRepetitionLevel();
  }

  MessageType message() {
    return message;
  }

  /** Entries of the file's footer. */
  Map<String, String> footer() {
    return footer;
  }

  /** Names the columns of the next row group. */
  void begin(ColumnWriteStore store) {
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = store.getColumnWriter(descriptors[i]);
    }
  }

  void write(RowSlices row) {
    for (int i = 0; i < outputs.length; i++) {
      write(row, i, outputs[i]);
    }
  }

  private void write(RowSlices row, int field, ColumnWriter out) {
    ValueWriter writer = writers[field];
    if (writer == null) {
      writeConstant(field, out);
      return;
    }

    byte[] buffer = row.buffer(places[field]);
    int offset = row.offset(places[field]);
    if (buffer == null || ValueWriter.isNull(buffer[offset])) {
      out.writeNull(0, 0);
      return;
    }

    writer.write(reader.reset(buffer, offset, buffer.length - offset), out, present[field]);
  }

  private void writeConstant(int field, ColumnWriter out) {
    if (field == bucketField) {
      out.write(bucket, 0, present[field]);
    } else {
      out.writeNull(0, 0);
    }
  }
}
