package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.RowSlices;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.DeleteSchemaUtil;
import org.jspecify.annotations.Nullable;

/**
 * Writes what becomes of one bucket: at most one file of rows, one of deleted positions and one of
 * kept records, each begun when it is needed and named so that no other attempt has the same name.
 */
final class LakeWriter implements BucketWriter {

  /**
   * The bucket a writer is for.
   *
   * @param schema of the table once the run is committed
   * @param columns names of the columns in the order of the slices of a row
   * @param table as it is stored; null where it is new
   * @param stored files whose rows can be deleted
   */
  record Target(
      String name,
      @Nullable Table table,
      String location,
      String run,
      int bucket,
      Schema schema,
      PartitionSpec spec,
      List<String> columns,
      TableFiles.Bucket stored) {}

  private final Target target;
  private @Nullable LakeFile data;
  private @Nullable LakeFile deletes;
  private Segments.@Nullable Writer kept;
  private boolean replaces;
  private boolean replacesKept;
  private long[] deleted = new long[16];
  private int deletedCount;

  LakeWriter(Target target) {
    this.target = target;
  }

  @Override
  public void add(RowSlices row) throws IOException {
    LakeFile open = data;
    if (open == null) {
      open =
          LakeFile.ofRows(
              LakeLayout.dataFile(target.location, target.run, target.bucket),
              target.schema,
              target.columns,
              target.bucket);
      data = open;
    }

    open.write(row);
  }

  @Override
  public void delete(long address) {
    if (Address.file(address) >= target.stored.data().size()) {
      throw new IllegalArgumentException(
          "bucket " + target.bucket + " of table '" + target.name + "' has no row " + address);
    }

    if (deletedCount == deleted.length) {
      deleted = Arrays.copyOf(deleted, 2 * deletedCount);
    }

    deleted[deletedCount++] = address;
  }

  @Override
  public void replace() {
    replaces = true;
  }

  @Override
  public void replaceKept() {
    replacesKept = true;
  }

  @Override
  public void keep(byte[] batch) throws IOException {
    Segments.Writer open = kept;
    if (open == null) {
      open =
          new Segments.Writer(
              target.bucket, LakeLayout.segment(target.location, target.run, target.bucket));
      kept = open;
    }

    open.add(batch);
  }

  @Override
  public List<WrittenFile> close() throws IOException {
    boolean hasDeletes = deletedCount > 0 && !replaces;
    if (data == null && kept == null && !hasDeletes && !replaces && !replacesKept) {
      return List.of();
    }

    List<String> dataJson = new ArrayList<>();
    List<String> deletesJson = new ArrayList<>();
    List<Segment> segments = new ArrayList<>();
    long rows = 0;
    long bytes = 0;
    LakeFile file = data;
    if (file != null) {
      file.close();
      dataJson.add(ContentFileParser.toJson(dataFile(file), target.spec));
      rows = file.rows();
      bytes += file.bytes();
    }

    if (hasDeletes) {
      LakeFile positions = writeDeletes();
      deletesJson.add(ContentFileParser.toJson(deleteFile(positions, target.table), target.spec));
      bytes += positions.bytes();
    }

    Segments.Writer segment = kept;
    if (segment != null) {
      Segment written = segment.close();
      segments.add(written);
      bytes += written.bytes();
    }

    String content =
        new FileContent(dataJson, deletesJson, replaces, replacesKept, segments).toJson();
    return List.of(new WrittenFile(target.name, target.bucket, content, rows, bytes));
  }

  /** Files are numbered by their paths: in the order of addresses, rows lie as they have to. */
  private LakeFile writeDeletes() throws IOException {
    Arrays.sort(deleted, 0, deletedCount);
    LakeFile file =
        LakeFile.ofDeletes(
            LakeLayout.deleteFile(target.location, target.run, target.bucket),
            DeleteSchemaUtil.pathPosSchema());
    deletes = file;
    RowSlices row = new RowSlices(2);
    ByteWriter position = new ByteWriter(16);
    int number = -1;
    for (int i = 0; i < deletedCount; i++) {
      if (i > 0 && deleted[i] == deleted[i - 1]) {
        continue;
      }

      if (Address.file(deleted[i]) != number) {
        number = Address.file(deleted[i]);
        row.set(0, Values.encode(target.stored.data().get(number).path()), 0);
      }

      position.clear();
      Values.writeInt(position, Address.row(deleted[i]));
      row.set(1, position.buffer(), 0);
      file.write(row);
    }

    file.close();
    return file;
  }

  private DataFile dataFile(LakeFile file) {
    return DataFiles.builder(target.spec)
        .withPath(file.path())
        .withFormat(FileFormat.PARQUET)
        .withPartition(partition())
        .withFileSizeInBytes(file.bytes())
        .withMetrics(file.metrics(MetricsConfig.getDefault()))
        .withSplitOffsets(file.splitOffsets())
        .build();
  }

  private DeleteFile deleteFile(LakeFile file, @Nullable Table table) {
    if (table == null) {
      throw new IllegalStateException("a new table has no rows to delete: " + target.name);
    }

    return FileMetadata.deleteFileBuilder(target.spec)
        .ofPositionDeletes()
        .withPath(file.path())
        .withFormat(FileFormat.PARQUET)
        .withPartition(partition())
        .withFileSizeInBytes(file.bytes())
        .withMetrics(file.metrics(MetricsConfig.forPositionDelete(table)))
        .build();
  }

  private PartitionData partition() {
    PartitionData partition = new PartitionData(target.spec.partitionType());
    partition.set(0, target.bucket);
    return partition;
  }

  @Override
  public void abandon() throws IOException {
    List<Closeable> open = new ArrayList<>();
    if (data != null) {
      open.add(data::abandon);
    }

    if (deletes != null) {
      open.add(deletes::abandon);
    }

    if (kept != null) {
      open.add(kept::abandon);
    }

    MergedCursor.closeAll(open);
  }
}
