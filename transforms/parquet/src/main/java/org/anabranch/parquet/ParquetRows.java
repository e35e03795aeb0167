package org.anabranch.parquet;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a Parquet file of any writer, encoded as {@link Values}. Rows come in the order of
 * the file. One row group is in memory at a time. Not thread-safe.
 *
 * <p>Types: every primitive and logical type; {@code float} becomes double, unsigned 64-bit numbers
 * decimal(20,0), decimals beyond 38 digits text. Times and timestamps become microseconds; those in
 * nanoseconds (and {@code INT96}, read as an instant) are rounded down. Intervals are ISO 8601
 * text. A list of primitives, or of such lists, is a list; any other nesting is JSON text, with map
 * keys as names.
 */
public final class ParquetRows implements Closeable {

  /** Which columns of a file to read, given its schema. */
  public interface Columns {

    /** Fields of the file in the order wanted; null for a column of nulls. */
    List<@Nullable Type> of(MessageType file);
  }

  private final ParquetFileReader file;
  private final Closeable source;
  private final RowConverter converter;
  private final RowGroups rowGroups;
  private long left;
  private long position = -1;

  private ParquetRows(ParquetFileReader file, Closeable source, Columns columns) {
    this.file = file;
    this.source = source;
    MessageType message = file.getFileMetaData().getSchema();
    List<@Nullable Type> fields = columns.of(message);
    converter = new RowConverter(fields);
    rowGroups = RowGroups.of(file, fields, converter);
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
    return open(new ChannelInputFile(channel), channel, options, ParquetRows::all);
  }

  /** Opens a whole file; only the pages of these columns are read. */
  public static ParquetRows open(SeekableByteChannel channel, Columns columns) throws IOException {
    return open(new ChannelInputFile(channel), channel, options(), columns);
  }

  /** As above for files that are no channels. */
  public static ParquetRows open(InputFile file, Columns columns) throws IOException {
    return open(file, () -> {}, options(), columns);
  }

  private static ParquetReadOptions options() {
    return ParquetReadOptions.builder(new PlainParquetConfiguration()).build();
  }

  private static List<@Nullable Type> all(MessageType file) {
    return new ArrayList<>(file.getFields());
  }

  private static ParquetRows open(
      InputFile input, Closeable source, ParquetReadOptions options, Columns columns)
      throws IOException {
    ParquetFileReader file = null;
    try {
      file = ParquetFileReader.open(input, options);
      return new ParquetRows(file, source, columns);
    } catch (IOException | RuntimeException e) {
      if (file != null) {
        file.close();
      }

      source.close();
      throw e;
    }
  }

  /** Number of rows in what was opened. */
  public long size() {
    return file.getFilteredRecordCount();
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
      left = rowGroups.next();
      if (left < 0) {
        left = 0;
        return false;
      }
    }

    rowGroups.read();
    left--;
    position++;
    return true;
  }

  /** Number of rows before this one in what was opened. */
  public long position() {
    return position;
  }

  /** Where in the buffer the value of a column begins. */
  public int start(int column) {
    return converter.start(column);
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
    try (source) {
      file.close();
    }
  }
}
