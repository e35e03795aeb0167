package org.anabranch.lake;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.RowSlices;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.parquet.ParquetUtil;

/** A Parquet file of a table that is being written. */
final class LakeFile {

  /** Bounds the memory of an open file; large enough that a scan is not slowed by it. */
  private static final int ROW_GROUP_BYTES = 32 << 20;

  private final String path;
  private final Durability durability;
  private final CountedOutput output;
  private final RowGroupWriter writer;
  private long rows;

  private LakeFile(String path, Durability durability, RowWriter row) throws IOException {
    this.path = path;
    this.durability = durability;
    output = new CountedOutput(path, durability);
    writer = new RowGroupWriter(output, row, ROW_GROUP_BYTES);
  }

  /** Begins a file of rows. */
  static LakeFile ofRows(
      String path,
      Durability durability,
      Schema schema,
      List<String> columns,
      Map<String, Type> types,
      int bucket)
      throws IOException {
    return new LakeFile(path, durability, new RowWriter(schema, columns, types, bucket, Map.of()));
  }

  /** Begins a file of the paths and positions of deleted rows. */
  static LakeFile ofDeletes(String path, Durability durability, Schema schema) throws IOException {
    List<String> columns = schema.columns().stream().map(field -> field.name()).toList();
    Map<String, String> footer = Map.of("delete-type", "position");
    return new LakeFile(path, durability, new RowWriter(schema, columns, Map.of(), 0, footer));
  }

  String path() {
    return path;
  }

  void write(RowSlices row) throws IOException {
    writer.write(row);
    rows++;
  }

  long rows() {
    return rows;
  }

  /** Completes the file, which may be made known then. */
  void close() throws IOException {
    writer.close();
    LakeFiles.complete(path, durability);
  }

  /** Size of the completed file. */
  long bytes() {
    return output.size();
  }

  /** Counts and bounds of the columns of the completed file. */
  Metrics metrics(MetricsConfig config) {
    return ParquetUtil.footerMetrics(writer.getFooter(), Stream.empty(), config);
  }

  List<Long> splitOffsets() {
    return ParquetUtil.getSplitOffsets(writer.getFooter());
  }

  /** Removes the file. */
  void abandon() throws IOException {
    try {
      writer.abandon();
    } finally {
      LakeFiles.delete(path);
    }
  }
}
