package org.anabranch.transforms.customer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.Projection;
import org.anabranch.transforms.merge.TableBucket;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/** Rows as the merge hands them on. */
final class ProjectedBatch {

  private ProjectedBatch() {}

  /** Rows of the projection, one batch each. */
  static List<KV<TableBucket, byte[]>> of(Projection projection, @Nullable Object[]... rows) {
    List<KV<TableBucket, byte[]>> batches = new ArrayList<>();
    Arrays.stream(rows).forEach(row -> batches.add(batch(projection, row)));
    return batches;
  }

  private static KV<TableBucket, byte[]> batch(Projection projection, @Nullable Object[] row) {
    KeyWriter key = new KeyWriter();
    Object keyValue = row[projection.columns().indexOf(projection.keyColumn())];
    key.add(new ByteReader(Values.encode(keyValue)));
    ByteWriter values = new ByteWriter(64);
    for (Object value : row) {
      Values.write(values, value);
    }

    RowBatch.Writer writer = new RowBatch.Writer(64);
    writer.image(
        new Position("", 0, 0, 0, projection.table(), 0, 0),
        0,
        key,
        projection.columns(),
        values.buffer(),
        0,
        values.size());
    return KV.of(
        new TableBucket(projection.target(), key.bucket(projection.buckets())),
        writer.toByteArray());
  }

  static @Nullable Object[] row(@Nullable Object... values) {
    return values;
  }
}
