package org.anabranch.parquet;

import java.io.IOException;
import java.io.Serializable;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.RowSlices;
import org.anabranch.transforms.parse.TableNames;
import org.apache.avro.generic.GenericData;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.io.parquet.ParquetIO;
import org.apache.beam.sdk.util.MimeTypes;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of tables as plain Parquet files {@code DIRECTORY/TABLE/part-PART-UUID.parquet}.
 * Each call of {@link #create} makes a file with a name of its own, so a repeated bundle leaves a
 * file that nobody lists and never touches one that somebody does.
 *
 * <p>Columns: all may be null. Decimals are fixed-length, times and timestamps microseconds
 * (timestamps with time zone adjusted to UTC), UUIDs and JSON text, lists three-level with elements
 * that may be null; a column of only nulls is text.
 */
public final class ParquetExport implements Serializable {

  private static final long serialVersionUID = 1;

  /** A completed file. */
  public record ExportedFile(String path, long rows, long bytes) {}

  private static final List<CompressionCodecName> CODECS =
      List.of(
          CompressionCodecName.SNAPPY,
          CompressionCodecName.ZSTD,
          CompressionCodecName.GZIP,
          CompressionCodecName.UNCOMPRESSED);

  /** Bounds the memory of an open file; large enough that a scan is not slowed by it. */
  private static final int ROW_GROUP_BYTES = 32 << 20;

  /** Without Hadoop's default resources: reading them takes longer than a small file. */
  private static final Configuration SETTINGS = new Configuration(false);

  static {
    // The old structure of lists has no place for an element that is null.
    SETTINGS.setBoolean("parquet.avro.write-old-list-structure", false);
  }

  private final String directory;
  private final CompressionCodecName codec;

  private ParquetExport(String directory, CompressionCodecName codec) {
    this.directory = directory;
    this.codec = codec;
  }

  /** An export below a directory of any file system Beam knows, compressing with Snappy. */
  public static ParquetExport into(String directory) {
    if (directory.isBlank()) {
      throw new IllegalArgumentException("the export directory must not be empty");
    }

    return new ParquetExport(directory, CompressionCodecName.SNAPPY);
  }

  /**
   * Codec of the pages: {@code SNAPPY} (default), {@code ZSTD} (smaller files for more CPU time
   * when writing), {@code GZIP} or {@code UNCOMPRESSED}.
   */
  public ParquetExport withCompression(String codecName) {
    String name = codecName.toUpperCase(Locale.ROOT);
    for (CompressionCodecName candidate : CODECS) {
      if (candidate.name().equals(name)) {
        return new ParquetExport(directory, candidate);
      }
    }

    throw new IllegalArgumentException(
        "compression must be one of " + CODECS + ", but was: " + codecName);
  }

  /**
   * Begins a file.
   *
   * @param part number in the name of the file
   */
  public RowFile create(String table, Schema schema, int part) throws IOException {
    TableNames.check(table);
    List<Schema.Column> columns = schema.columns();
    if (columns.isEmpty()) {
      throw new IllegalArgumentException(
          "table '" + table + "' has no columns, and a Parquet file needs one");
    }

    List<String> names = columns.stream().map(Schema.Column::name).toList();
    List<Type> types = columns.stream().map(Schema.Column::type).toList();
    boolean asAvro =
        names.stream().allMatch(ParquetExport::isAvroName)
            && types.stream().noneMatch(ParquetExport::isTime);
    org.apache.avro.Schema avro =
        AvroSchemas.record(asAvro ? names : FooterChannel.placeholders(names.size()), types);
    String path =
        String.format(
            Locale.ROOT, "%s/%s/part-%05d-%s.parquet", directory, table, part, UUID.randomUUID());
    ResourceId resource = FileSystems.matchNewResource(path, false);
    WritableByteChannel file = FileSystems.create(resource, MimeTypes.BINARY);
    CountingChannel counted = new CountingChannel(file);
    FooterChannel footer = asAvro ? null : new FooterChannel(counted, names);
    ParquetIO.Sink sink =
        ParquetIO.sink(avro)
            .withCompressionCodec(codec)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withConfiguration(SETTINGS)
            .withAvroDataModel(GenericData.get());
    sink.open(footer == null ? counted : footer);
    return new RowFile(sink, counted, footer, new RowRecord(avro, columns), resource.toString());
  }

  /** Letters, digits and underscores, as the Avro specification has it. */
  private static boolean isAvroName(String name) {
    return name.matches("[A-Za-z_][A-Za-z0-9_]*");
  }

  private static boolean isTime(Type type) {
    Type element = type.element();
    return element == null ? type.kind() == Type.Kind.TIME : isTime(element);
  }

  /** A file that takes rows. Not thread-safe. */
  public static final class RowFile {

    private final ParquetIO.Sink sink;
    private final CountingChannel channel;
    private final @Nullable FooterChannel footer;
    private final RowRecord row;
    private final String path;
    private long rows;

    private RowFile(
        ParquetIO.Sink sink,
        CountingChannel channel,
        @Nullable FooterChannel footer,
        RowRecord row,
        String path) {
      this.sink = sink;
      this.channel = channel;
      this.footer = footer;
      this.row = row;
      this.path = path;
    }

    /** Adds a row, of which the values become the types of the columns. */
    public void write(RowSlices slices) throws IOException {
      try {
        sink.write(row.of(slices));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }

      rows++;
    }

    /** Completes the file. */
    public ExportedFile close() throws IOException {
      try (channel) {
        if (footer != null) {
          footer.holdBack();
        }

        sink.flush();
        if (footer != null) {
          footer.release();
        }
      }

      return new ExportedFile(path, rows, channel.count());
    }
  }
}
