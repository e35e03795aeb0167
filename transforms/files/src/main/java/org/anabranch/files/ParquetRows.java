package org.anabranch.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.List;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a Parquet file of any writer, encoded as {@link Values}, in the order of the file.
 * One row group is in memory at a time. Not thread-safe.
 *
 * <p>Types: every primitive and logical type; {@code float} becomes double, unsigned 64-bit numbers
 * decimal(20,0), decimals beyond 38 digits text. Times and timestamps become microseconds; those in
 * nanoseconds (and {@code INT96}, read as an instant) are rounded down. Intervals are ISO 8601
 * text. A list of primitives is a list; any other nesting is JSON text, with map keys as names.
 */
public final class ParquetRows implements Closeable {

  private final ParquetFileReader file;
  private final SeekableByteChannel channel;
  private final MessageColumnIO columns;
  private final RowConverter converter;
  private final RowConverter.Materializer materializer;
  private @Nullable RecordReader<ByteWriter> rowGroup;
  private long left;

  private ParquetRows(ParquetFileReader file, SeekableByteChannel channel) {
    this.file = file;
    this.channel = channel;
    MessageType message = file.getFileMetaData().getSchema();
    columns = new ColumnIOFactory(file.getFileMetaData().getCreatedBy()).getColumnIO(message);
    converter = new RowConverter(message);
    materializer = new RowConverter.Materializer(converter);
  }

  /** Opens a whole file; the channel is closed with the rows. */
  public static ParquetRows open(SeekableByteChannel channel) throws IOException {
    return open(channel, 0, Long.MAX_VALUE);
  }

  /**
   * Opens the row groups whose midpoint lies in a range of the file, so that adjoining ranges read
   * each row group once.
   *
   * @param start first byte of the range
   * @param end byte behind the range
   */
  public static ParquetRows open(SeekableByteChannel channel, long start, long end)
      throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration()).withRange(start, end).build();
    try {
      return new ParquetRows(
          ParquetFileReader.open(new ChannelInputFile(channel), options), channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Names of the columns in the order in which a row holds them. */
  public List<String> columns() {
    return converter.schema().columns().stream().map(Schema.Column::name).toList();
  }

  /** Columns with their types; the ordinals are the places in the row. */
  public Schema schema() {
    return converter.schema();
  }

  /** Moves to the next row, if there is one. */
  public boolean next() throws IOException {
    while (left == 0) {
      PageReadStore pages = file.readNextRowGroup();
      if (pages == null) {
        return false;
      }

      left = pages.getRowCount();
      rowGroup = columns.getRecordReader(pages, materializer);
    }

    if (rowGroup == null) {
      throw new IllegalStateException("a row group without a reader");
    }

    rowGroup.read();
    left--;
    return true;
  }

  /** Holds the values of the row from its first byte on; valid until the next row. */
  public byte[] buffer() {
    return converter.row().buffer();
  }

  /** Number of bytes the row takes in the buffer. */
  public int length() {
    return converter.row().size();
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      file.close();
    }
  }
}
