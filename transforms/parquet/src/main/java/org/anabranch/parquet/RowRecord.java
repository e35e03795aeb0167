package org.anabranch.parquet;

import java.util.List;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Schema.Column;
import org.anabranch.transforms.merge.RowSlices;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** View of a row as an Avro record; each value is decoded when it is asked for. */
final class RowRecord implements GenericRecord {

  private static final RowSlices NO_ROW = new RowSlices(0);

  private final Schema schema;
  private final Cell[] cells;
  private final ByteReader reader = new ByteReader(new byte[0]);
  private RowSlices row = NO_ROW;

  RowRecord(Schema schema, List<Column> columns) {
    this.schema = schema;
    cells =
        columns.stream()
            .map(column -> Cell.ofColumn(column.name(), column.type()))
            .toArray(Cell[]::new);
  }

  RowRecord of(RowSlices next) {
    row = next;
    return this;
  }

  @Override
  public @Nullable Object get(int column) {
    byte[] buffer = row.buffer(column);
    if (buffer == null) {
      return null;
    }

    int offset = row.offset(column);
    return cells[column].read(reader.reset(buffer, offset, buffer.length - offset));
  }

  @Override
  public @Nullable Object get(String field) {
    return get(schema.getField(field).pos());
  }

  @Override
  public Schema getSchema() {
    return schema;
  }

  @Override
  public void put(int column, Object value) {
    throw new UnsupportedOperationException("a row that is being written is read-only");
  }

  @Override
  public void put(String field, Object value) {
    throw new UnsupportedOperationException("a row that is being written is read-only");
  }
}
