package org.anabranch.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Stable;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.row.BeamRows;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * What a version of a table has made of a row: an entry of a changelog with retractions.
 *
 * @param table its name
 * @param version that made the change
 * @param key the columns of the key
 * @param before the row as it was, in the columns of the version before; null where it is new
 * @param after the row as it is, in the columns of the version; null where it is gone
 */
@Stable
public record ChangedRow(
    String table, long version, Row key, @Nullable Row before, @Nullable Row after) {

  /** Coder: table, version, then key, before and after, each with its columns and their types. */
  static final class ChangedCoder extends AtomicCoder<ChangedRow> {

    private static final long serialVersionUID = 1;
    private static final int KNOWN_SCHEMAS = 64;
    private static final Type ANY_DECIMAL = Type.decimal(Type.MAX_PRECISION, 0);
    private static final Coder<List<String>> COLUMNS = ListCoder.of(StringUtf8Coder.of());
    private static final Coder<List<byte[]>> VALUES = ListCoder.of(ByteArrayCoder.of());
    private static final Coder<@Nullable Row> ROW = NullableCoder.of(new RowCoder());
    private static final Cached<List<String>, Schema> SCHEMAS =
        new Cached<>(KNOWN_SCHEMAS, columns -> BeamRows.schema(Columns.fromText(columns)));
    private static final Cached<Schema, List<String>> TEXTS =
        new Cached<>(KNOWN_SCHEMAS, ChangedCoder::texts);

    private static List<String> texts(Schema schema) {
      List<Column> columns = new ArrayList<>();
      for (Schema.Field field : schema.getFields()) {
        Type type = Objects.requireNonNullElse(BeamRows.type(field), ANY_DECIMAL);
        columns.add(new Column(field.getName(), type, columns.size()));
      }

      return Columns.toText(org.anabranch.model.Schema.of(columns));
    }

    @Override
    public void encode(ChangedRow changed, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(changed.table, out);
      VarLongCoder.of().encode(changed.version, out);
      ROW.encode(changed.key, out);
      ROW.encode(changed.before, out);
      ROW.encode(changed.after, out);
    }

    @Override
    public ChangedRow decode(InputStream in) throws IOException {
      return new ChangedRow(
          StringUtf8Coder.of().decode(in),
          VarLongCoder.of().decode(in),
          Objects.requireNonNull(ROW.decode(in)),
          ROW.decode(in),
          ROW.decode(in));
    }

    private static final class RowCoder extends AtomicCoder<Row> {

      private static final long serialVersionUID = 1;

      @Override
      public void encode(Row row, OutputStream out) throws IOException {
        COLUMNS.encode(TEXTS.get(row.getSchema()), out);
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < row.getFieldCount(); i++) {
          Schema.FieldType type = row.getSchema().getField(i).getType();
          values.add(Values.encode(BeamRows.toModel(type, row.<@Nullable Object>getValue(i))));
        }

        VALUES.encode(values, out);
      }

      @Override
      public Row decode(InputStream in) throws IOException {
        Schema schema = SCHEMAS.get(COLUMNS.decode(in));
        List<@Nullable Object> values = new ArrayList<>();
        VALUES.decode(in).forEach(value -> values.add(Values.decode(value)));
        return BeamRows.row(schema, values);
      }
    }
  }
}
