package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.anabranch.parquet.RecordFile;
import org.anabranch.transforms.archive.LogRecord;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** A file of the archive that is being written: records of one topic and hour. Not thread-safe. */
final class ArchiveFile implements Closeable {

  private final String path;
  private final Durability durability;
  private final String topic;
  private final @Nullable Integer hour;
  private final RecordFile file;
  private final Bounds partitions = new Bounds();
  private final Bounds offsets = new Bounds();
  private final Bounds millis = new Bounds();
  private long records;

  private ArchiveFile(
      String path, Durability durability, String topic, @Nullable Integer hour, RecordFile file) {
    this.path = path;
    this.durability = durability;
    this.topic = topic;
    this.hour = hour;
    this.file = file;
  }

  static ArchiveFile create(
      String location, Durability durability, String run, String topic, @Nullable Integer hour)
      throws IOException {
    String path = ArchiveLayout.file(location, run, topic, hour);
    LakeFiles.makeDirectory(path, durability);
    return new ArchiveFile(path, durability, topic, hour, RecordFile.create(path));
  }

  void write(LogRecord record) throws IOException {
    file.write(record);
    records++;
    partitions.add(record.partition());
    offsets.add(record.offset());
    if (record.timestampMillis() != null) {
      millis.add(record.timestampMillis());
    }
  }

  long records() {
    return records;
  }

  /** Completes the file. */
  DataFile finish() throws IOException {
    long bytes = file.finish();
    LakeFiles.complete(path, durability);
    Map<Integer, ByteBuffer> lowest = new HashMap<>();
    Map<Integer, ByteBuffer> highest = new HashMap<>();
    lowest.put(ArchiveLayout.PARTITION_ID, intBound(partitions.lowest));
    highest.put(ArchiveLayout.PARTITION_ID, intBound(partitions.highest));
    lowest.put(ArchiveLayout.OFFSET_ID, longBound(offsets.lowest));
    highest.put(ArchiveLayout.OFFSET_ID, longBound(offsets.highest));
    if (hour != null) {
      lowest.put(
          ArchiveLayout.TIMESTAMP_ID, longBound(TimeUnit.MILLISECONDS.toMicros(millis.lowest)));
      highest.put(
          ArchiveLayout.TIMESTAMP_ID, longBound(TimeUnit.MILLISECONDS.toMicros(millis.highest)));
    }

    return DataFiles.builder(ArchiveLayout.SPEC)
        .withPath(path)
        .withFormat(FileFormat.PARQUET)
        .withPartition(ArchiveLayout.partition(topic, hour))
        .withFileSizeInBytes(bytes)
        .withMetrics(new Metrics(records, null, null, null, null, lowest, highest))
        .build();
  }

  private static ByteBuffer intBound(long value) {
    return Conversions.toByteBuffer(Types.IntegerType.get(), (int) value);
  }

  private static ByteBuffer longBound(long value) {
    return Conversions.toByteBuffer(Types.LongType.get(), value);
  }

  /** Lowest partition of a file. */
  static int firstPartition(DataFile file) {
    ByteBuffer bound = file.lowerBounds().get(ArchiveLayout.PARTITION_ID);
    return Conversions.<Integer>fromByteBuffer(Types.IntegerType.get(), bound);
  }

  /** Lowest offset of a file. */
  static long firstOffset(DataFile file) {
    ByteBuffer bound = file.lowerBounds().get(ArchiveLayout.OFFSET_ID);
    return Conversions.<Long>fromByteBuffer(Types.LongType.get(), bound);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static final class Bounds {

    private long lowest = Long.MAX_VALUE;
    private long highest = Long.MIN_VALUE;

    void add(long value) {
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
  }
}
