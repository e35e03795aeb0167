package org.anabranch.parquet;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.anabranch.transforms.archive.LogRecord;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.parquet.ParquetIO;
import org.apache.beam.sdk.util.MimeTypes;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroReadSupport;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * A Parquet file of log records that is being written. Columns: {@code topic string, partition int,
 * offset bigint, timestamp timestamp with time zone (microseconds), key binary, value binary,
 * headers array of (name string, value binary)}; timestamp, key and the values may be null. Not
 * thread-safe.
 */
public final class RecordFile implements Closeable {

  /** Takes records, and may fail as files do. */
  @FunctionalInterface
  public interface Receiver {
    void accept(LogRecord record) throws IOException;
  }

  /** Bounds what an open file holds in memory: a worker may have some open at the same time. */
  private static final int ROW_GROUP_BYTES = 8 << 20;

  private static final Configuration SETTINGS = new Configuration(false);

  static {
    SETTINGS.setBoolean("parquet.avro.write-old-list-structure", false);
  }

  private final CountingChannel channel;
  private final ParquetIO.Sink sink;

  private RecordFile(CountingChannel channel, ParquetIO.Sink sink) {
    this.channel = channel;
    this.sink = sink;
  }

  /** Begins a file of any file system Beam knows. */
  public static RecordFile create(String path) throws IOException {
    WritableByteChannel file =
        FileSystems.create(FileSystems.matchNewResource(path, false), MimeTypes.BINARY);
    CountingChannel counted = new CountingChannel(file);
    ParquetIO.Sink sink =
        ParquetIO.sink(RecordAvro.SCHEMA)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withConfiguration(SETTINGS)
            .withAvroDataModel(GenericData.get());
    sink.open(counted);
    return new RecordFile(counted, sink);
  }

  public void write(LogRecord record) throws IOException {
    sink.write(RecordAvro.of(record));
  }

  /** Completes the file; returns its bytes. */
  public long finish() throws IOException {
    try (channel) {
      sink.flush();
    }

    return channel.count();
  }

  /** Lets go of a file that was not finished, which has no footer then. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Reads all records of a file in their order. */
  public static void read(String path, Receiver receiver) throws IOException {
    Configuration settings = new Configuration(false);
    settings.setBoolean(AvroReadSupport.AVRO_COMPATIBILITY, false);
    // Engines that rewrite a file leave no Avro schema in it.
    AvroReadSupport.setAvroReadSchema(settings, RecordAvro.SCHEMA);
    settings.setBoolean(AvroSchemaConverter.ADD_LIST_ELEMENT_RECORDS, false);
    try (SeekableByteChannel channel =
            (SeekableByteChannel) FileSystems.open(FileSystems.matchNewResource(path, false));
        ParquetReader<GenericRecord> reader =
            AvroParquetReader.<GenericRecord>builder(new ChannelInputFile(channel))
                .withDataModel(GenericData.get())
                .withConf(settings)
                .build()) {
      for (GenericRecord next = reader.read(); next != null; next = reader.read()) {
        receiver.accept(RecordAvro.record(next));
      }
    }
  }
}
