package org.anabranch.lake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.model.ByteReader;
import org.anabranch.transforms.merge.RowSlices;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Schema;
import org.apache.iceberg.SchemaParser;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/** Writes encoded rows under the field ids of an Iceberg schema. */
final class RowWriteSupport extends WriteSupport<RowSlices> {

  private final MessageType message;
  private final Map<String, String> footer;
  private final String[] names;

  /** Place of each field in the slices of a row; -1 for a field they do not have. */
  private final int[] places;

  private final @Nullable ColumnWriter[] writers;
  private final int bucketField;
  private final int bucket;
  private final ByteReader reader = new ByteReader(new byte[0]);
  private @Nullable RecordConsumer consumer;

  /**
   * @param columns names of the columns in the order of the slices of a row
   * @param bucket value of the column of the bucket, where the schema has one
   * @param footer entries of the file's footer
   */
  RowWriteSupport(Schema schema, List<String> columns, int bucket, Map<String, String> footer) {
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
    names = new String[size];
    places = new int[size];
    writers = new ColumnWriter[size];
    int ofBucket = -1;
    for (int i = 0; i < size; i++) {
      NestedField field = fields.get(i);
      names[i] = message.getFieldName(i);
      places[i] = byName.getOrDefault(field.name(), -1);
      if (places[i] >= 0) {
        writers[i] = ColumnWriter.of(field);
      } else if (field.name().equals(LakeLayout.BUCKET)) {
        ofBucket = i;
      } else if (field.isRequired()) {
        throw new IllegalArgumentException(
            "column '" + field.name() + "' is required, but its values are not known");
      }
    }

    bucketField = ofBucket;
    checkNames();
  }

  /** Names are made legal for Avro, which can make two of them the same. */
  private void checkNames() {
    List<String> seen = new ArrayList<>();
    for (String name : names) {
      if (seen.contains(name)) {
        throw new IllegalArgumentException("two columns are named '" + name + "' in Parquet");
      }

      seen.add(name);
    }
  }

  @Override
  public String getName() {
    return "anabranch";
  }

  @Override
  @SuppressWarnings("deprecation") // Still abstract.
  public WriteContext init(Configuration configuration) {
    return new WriteContext(message, footer);
  }

  @Override
  public WriteContext init(ParquetConfiguration configuration) {
    return new WriteContext(message, footer);
  }

  @Override
  public void prepareForWrite(RecordConsumer recordConsumer) {
    consumer = recordConsumer;
  }

  @Override
  public void write(RowSlices row) {
    RecordConsumer out = consumer;
    if (out == null) {
      throw new IllegalStateException("nothing takes the rows");
    }

    out.startMessage();
    for (int i = 0; i < places.length; i++) {
      ColumnWriter writer = writers[i];
      if (writer != null) {
        write(row, i, writer, out);
      }
    }

    if (bucketField >= 0) {
      out.startField(names[bucketField], bucketField);
      out.addInteger(bucket);
      out.endField(names[bucketField], bucketField);
    }

    out.endMessage();
  }

  private void write(RowSlices row, int field, ColumnWriter writer, RecordConsumer out) {
    int place = places[field];
    byte[] buffer = row.buffer(place);
    if (buffer == null) {
      return;
    }

    int offset = row.offset(place);
    if (ColumnWriter.isNull(buffer[offset])) {
      return;
    }

    out.startField(names[field], field);
    writer.write(reader.reset(buffer, offset, buffer.length - offset), out);
    out.endField(names[field], field);
  }
}
