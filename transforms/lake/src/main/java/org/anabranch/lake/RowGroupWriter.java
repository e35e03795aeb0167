package org.anabranch.lake;

import java.io.IOException;
import org.anabranch.transforms.merge.RowSlices;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.OutputFile;

/**
 * Writes rows as row groups of a Parquet file, compressed with Snappy. Values go to the columns one
 * by one, without the record consumer of Parquet's own writer between them, which takes a fifth of
 * the time.
 */
final class RowGroupWriter {

  /** Rows between two looks at the size of a row group: at least, and at most. */
  private static final int MIN_ROWS = 100;

  private static final int MAX_ROWS = 10_000;

  private final RowWriter row;
  private final long rowGroupBytes;
  private final ParquetFileWriter file;
  private final CompressionCodecFactory codecs;
  private final ParquetProperties properties =
      ParquetProperties.builder()
          .withValuesWriterFactory(new PlainValues.Factory())
          // Histograms of levels: nobody asks for them in flat columns.
          .withSizeStatisticsEnabled(false)
          .build();
  private ColumnChunkPageWriteStore pages;
  private ColumnWriteStore columns;
  private long rows;
  private long nextCheck = MIN_ROWS;

  RowGroupWriter(OutputFile output, RowWriter row, long rowGroupBytes) throws IOException {
    this.row = row;
    this.rowGroupBytes = rowGroupBytes;
    codecs = new CodecFactory(new PlainParquetConfiguration(), properties.getPageSizeThreshold());
    file =
        new ParquetFileWriter(
            output,
            row.message(),
            ParquetFileWriter.Mode.CREATE,
            rowGroupBytes,
            0,
            null,
            properties);
    file.start();
    pages = newPages();
    columns = properties.newColumnWriteStore(row.message(), pages, pages);
    row.begin(columns);
  }

  private ColumnChunkPageWriteStore newPages() {
    return new ColumnChunkPageWriteStore(
        codecs.getCompressor(CompressionCodecName.SNAPPY),
        row.message(),
        properties.getAllocator(),
        properties.getColumnIndexTruncateLength(),
        properties.getPageWriteChecksumEnabled());
  }

  void write(RowSlices slices) throws IOException {
    row.write(slices);
    columns.endRecord();
    rows++;
    if (rows >= nextCheck) {
      checkSize();
    }
  }

  /** Looks again when half of the rows that are likely to fit have come. */
  private void checkSize() throws IOException {
    long bytes = columns.getBufferedSize();
    if (bytes >= rowGroupBytes) {
      flush();
      pages = newPages();
      columns = properties.newColumnWriteStore(row.message(), pages, pages);
      row.begin(columns);
      nextCheck = MIN_ROWS;
      return;
    }

    long fitting = (long) (rowGroupBytes / ((double) bytes / rows));
    long step = Math.max(MIN_ROWS, Math.min(MAX_ROWS, (fitting - rows) / 2));
    nextCheck = rows + step;
  }

  private void flush() throws IOException {
    if (rows > 0) {
      file.startBlock(rows);
      columns.flush();
      pages.flushToFileWriter(file);
      file.endBlock();
    }

    rows = 0;
    release();
  }

  private void release() {
    columns.close();
    pages.close();
  }

  void close() throws IOException {
    try (file) {
      flush();
      file.end(row.footer());
    } finally {
      codecs.release();
    }
  }

  /** Stops without completing the file. */
  void abandon() throws IOException {
    try (file) {
      release();
    } finally {
      codecs.release();
    }
  }

  /** Footer of the completed file. */
  ParquetMetadata getFooter() {
    return file.getFooter();
  }
}
