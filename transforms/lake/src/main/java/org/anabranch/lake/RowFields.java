package org.anabranch.lake;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Schema;
import org.anabranch.transforms.row.BeamRows;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Columns of a table as rows of Beam.
 *
 * @param columns names in order
 * @param schema of the rows
 */
record RowFields(List<String> columns, org.apache.beam.sdk.schemas.Schema schema)
    implements Serializable {

  RowFields {
    columns = List.copyOf(columns);
  }

  static RowFields of(Schema columns) {
    return new RowFields(
        columns.columns().stream().map(Schema.Column::name).toList(), BeamRows.schema(columns));
  }

  /** The row that was moved to last. */
  Row read(LakeRows rows) {
    List<@Nullable Object> all = rows.row();
    List<@Nullable Object> values = new ArrayList<>(columns.size());
    for (String column : columns) {
      values.add(all.get(rows.columns().indexOf(column)));
    }

    return BeamRows.row(schema, values);
  }
}
