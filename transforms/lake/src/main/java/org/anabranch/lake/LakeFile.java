package org.anabranch.lake;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.anabranch.transforms.merge.RowSlices;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.Schema;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;

/** A Parquet file of a table that is being written. */
final class LakeFile {

  /** Bounds the memory of an open file; large enough that a scan is not slowed by it. */
  private static final int ROW_GROUP_BYTES = 32 << 20;

  private final String path;
  private final CountedOutput output;
  private final ParquetWriter<RowSlices> writer;
  private long rows;

  private LakeFile(String path, RowWriteSupport support) throws IOException {
    this.path = path;
    output = new CountedOutput(path);
    writer =
        new Builder(output, support)
            .withConf(new PlainParquetConfiguration())
            .withCompressionCodec(CompressionCodecName.SNAPPY)
            .withRowGroupSize((long) ROW_GROUP_BYTES)
            // Histograms of levels: nobody asks for them in flat columns.
            .withSizeStatisticsEnabled(false)
            .build();
  }

  /** Begins a file of rows. */
  static LakeFile ofRows(String path, Schema schema, List<String> columns, int bucket)
      throws IOException {
    return new LakeFile(path, new RowWriteSupport(schema, columns, bucket, Map.of()));
  }

  /** Begins a file of the paths and positions of deleted rows. */
  static LakeFile ofDeletes(String path, Schema schema) throws IOException {
    List<String> columns = schema.columns().stream().map(field -> field.name()).toList();
    return new LakeFile(
        path, new RowWriteSupport(schema, columns, 0, Map.of("delete-type", "position")));
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

  /** Completes the file. */
  void close() throws IOException {
    writer.close();
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
      writer.close();
    } finally {
      LakeFiles.delete(path);
    }
  }

  private static final class Builder extends ParquetWriter.Builder<RowSlices, Builder> {

    private final RowWriteSupport support;

    Builder(OutputFile file, RowWriteSupport support) {
      super(file);
      this.support = support;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // Still abstract.
    protected WriteSupport<RowSlices> getWriteSupport(Configuration configuration) {
      return support;
    }

    @Override
    protected WriteSupport<RowSlices> getWriteSupport(ParquetConfiguration configuration) {
      return support;
    }
  }
}
