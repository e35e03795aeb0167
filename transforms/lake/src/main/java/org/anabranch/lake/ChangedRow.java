package org.anabranch.lake;

import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * What a version of a table has made of a row.
 *
 * @param before the row as it was, in the columns of the older version; null where it is new
 * @param after the row as it is, in the columns of the newer one; null where it is gone
 */
public record ChangedRow(@Nullable Row before, @Nullable Row after) {

  /** Field of a row of Beam that holds {@link #before}. */
  public static final String BEFORE = "before";

  /** Field of a row of Beam that holds {@link #after}. */
  public static final String AFTER = "after";

  /** Schema of {@link #toRow}. */
  static Schema schema(Schema before, Schema after) {
    return Schema.builder()
        .addNullableField(BEFORE, Schema.FieldType.row(before))
        .addNullableField(AFTER, Schema.FieldType.row(after))
        .build();
  }

  /** Both as a row of Beam. */
  Row toRow(Schema schema) {
    return Row.withSchema(schema).addValues(before, after).build();
  }
}
