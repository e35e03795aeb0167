package org.anabranch.lake;

import java.util.UUID;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.NestedField;

/**
 * Where the files of a table lie and how it is partitioned: by the number of the bucket, which is
 * the last column.
 *
 * <pre>
 * LOCATION/data/_ab_bucket=BUCKET/ab-RUN-BUCKET-UUID.parquet          rows in the order of their keys
 * LOCATION/data/_ab_bucket=BUCKET/ab-RUN-BUCKET-UUID-deletes.parquet  positions of deleted rows
 * LOCATION/_ab/kept/RUN-BUCKET-UUID.bin                               records kept beside the rows
 * </pre>
 */
final class LakeLayout {

  /** Column that holds the number of the bucket. */
  static final String BUCKET = "_ab_bucket";

  private static final String PREFIX = "ab-";

  private LakeLayout() {}

  /** Partition spec of a new table. */
  static PartitionSpec spec(Schema schema) {
    return PartitionSpec.builderFor(schema).identity(BUCKET).build();
  }

  /**
   * The column that holds the number of the bucket.
   *
   * @throws IllegalStateException naming the table where it is not partitioned by bucket alone
   */
  static NestedField bucketColumn(String table, Schema schema, PartitionSpec spec) {
    boolean isOurs = spec.fields().size() == 1 && spec.fields().get(0).transform().isIdentity();
    NestedField column = isOurs ? schema.findField(spec.fields().get(0).sourceId()) : null;
    if (column == null || !column.name().equals(BUCKET)) {
      throw new IllegalStateException(
          "table '" + table + "' must be partitioned by " + BUCKET + ", but is by " + spec);
    }

    return column;
  }

  static String dataFile(String location, String run, int bucket) {
    return inBucket(location, run, bucket) + ".parquet";
  }

  static String deleteFile(String location, String run, int bucket) {
    return inBucket(location, run, bucket) + "-deletes.parquet";
  }

  private static String inBucket(String location, String run, int bucket) {
    return location
        + "/data/"
        + BUCKET
        + "="
        + bucket
        + "/"
        + PREFIX
        + run
        + "-"
        + bucket
        + "-"
        + UUID.randomUUID();
  }

  static String segment(String location, String run, int bucket) {
    return location + "/_ab/kept/" + run + "-" + bucket + "-" + UUID.randomUUID() + ".bin";
  }

  /** Whether we wrote the file, so that its rows are in the order of their keys. */
  static boolean isOurs(String path) {
    return path.startsWith(PREFIX, path.lastIndexOf('/') + 1);
  }
}
