package org.anabranch.lake;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.RowSlices;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.apache.iceberg.ContentFile;
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
 * Writes what becomes of one bucket: at most one file of new rows, one of rows from small files
 * that are put together, one of deleted positions and one of kept records, each begun when it is
 * needed and named so that no other attempt has the same name. A file of deleted positions has all
 * those of the bucket, and takes the place of those before it.
 */
final class LakeWriter implements BucketWriter {

  /**
   * The bucket a writer is for.
   *
   * @param schema of the table once the run is committed
   * @param key columns of the table's key
   * @param columns names of the columns in the order of the slices of a row
   * @param types our types of the columns by name
   * @param table as it is stored; null where it is new
   * @param stored files whose rows can be deleted
   */
  record Target(
      String name,
      @Nullable Table table,
      String location,
      Durability durability,
      String run,
      int bucket,
      Schema schema,
      PartitionSpec spec,
      List<String> key,
      List<String> columns,
      Map<String, Type> types,
      TableFiles.Bucket stored) {}

  private final Target target;
  private @Nullable LakeFile data;
  private @Nullable LakeFile together;
  private @Nullable LakeFile deletes;
  private Segments.@Nullable Writer kept;
  private boolean replaces;
  private boolean replacesKept;
  private List<String> newKey = List.of();

  /** Rows that are deleted now, by file. */
  private final Map<Integer, BitSet> deleted = new TreeMap<>();

  LakeWriter(Target target) {
    this.target = target;
  }

  @Override
  public void add(RowSlices row) throws IOException {
    LakeFile open = data;
    if (open == null) {
      open = rowsFile();
      data = open;
    }

    open.write(row);
  }

  private LakeFile rowsFile() throws IOException {
    return LakeFile.ofRows(
        LakeLayout.dataFile(target.location, target.run, target.bucket),
        target.durability,
        target.schema,
        target.columns,
        target.types,
        target.bucket);
  }

  @Override
  public void delete(long address) {
    if (Address.file(address) >= target.stored.data().size()) {
      throw new IllegalArgumentException(
          "bucket " + target.bucket + " of table '" + target.name + "' has no row " + address);
    }

    deleted
        .computeIfAbsent(Address.file(address), file -> new BitSet())
        .set(Math.toIntExact(Address.row(address)));
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
  public void rekey(List<String> key) {
    newKey = List.copyOf(key);
  }

  @Override
  public void keep(byte[] batch) throws IOException {
    Segments.Writer open = kept;
    if (open == null) {
      open =
          new Segments.Writer(
              target.bucket,
              LakeLayout.segment(target.location, target.run, target.bucket),
              target.durability);
      kept = open;
    }

    open.add(batch);
  }

  @Override
  public List<WrittenFile> close() throws IOException {
    boolean isPatch = !replaces && (data != null || !deleted.isEmpty());
    if (!isPatch && kept == null && !replaces && !replacesKept) {
      return List.of();
    }

    List<String> dataJson = new ArrayList<>();
    List<Segment> segments = new ArrayList<>();
    long rows = 0;
    long bytes = 0;
    LakeFile file = data;
    if (file != null) {
      file.close();
      dataJson.add(json(dataFile(file)));
      rows = file.rows();
      bytes += file.bytes();
    }

    Patch patch = isPatch ? patch() : Patch.NONE;
    dataJson.addAll(patch.data);
    bytes += patch.bytes;

    Segments.Writer segment = kept;
    if (segment != null) {
      Segment written = segment.close();
      segments.add(written);
      bytes += written.bytes();
    }

    String content =
        new FileContent(
                dataJson,
                patch.deletes,
                patch.removes,
                replaces,
                replacesKept,
                segments,
                TableState.KEY_FORM,
                newKey)
            .toJson();
    return List.of(new WrittenFile(target.name, target.bucket, content, rows, bytes));
  }

  private String json(ContentFile<?> file) {
    return ContentFileParser.toJson(file, target.spec);
  }

  /**
   * What a patch does to the files that are stored.
   *
   * @param data JSON of the file that small ones were put together in
   * @param deletes JSON of the file of deleted positions
   * @param removes paths of files that go
   * @param bytes written
   */
  private record Patch(List<String> data, List<String> deletes, List<String> removes, long bytes) {

    static final Patch NONE = new Patch(List.of(), List.of(), List.of(), 0);
  }

  private Patch patch() throws IOException {
    BitSet small = SmallFiles.of(target.stored);
    if (small.isEmpty() && deleted.isEmpty()) {
      return Patch.NONE;
    }

    List<BitSet> positions = allDeleted();
    List<String> removes = new ArrayList<>(target.stored.deletes());
    List<String> dataJson = new ArrayList<>();
    List<String> deletesJson = new ArrayList<>();
    long bytes = 0;
    if (!small.isEmpty()) {
      LakeFile open = rowsFile();
      together = open;
      SmallFiles.copy(
          target.stored, small, positions, stored().schema(), target.key, target.columns, open);
      open.close();
      dataJson.add(json(dataFile(open)));
      bytes += open.bytes();
      small.stream()
          .forEach(
              file -> {
                removes.add(target.stored.data().get(file).path());
                positions.get(file).clear();
              });
    }

    if (positions.stream().anyMatch(file -> !file.isEmpty())) {
      LakeFile written = writeDeletes(positions);
      deletesJson.add(json(deleteFile(written)));
      bytes += written.bytes();
    }

    return new Patch(dataJson, deletesJson, removes, bytes);
  }

  /** Deleted rows of each data file, as stored and now. */
  private List<BitSet> allDeleted() throws IOException {
    DeletedPositions before = DeletedPositions.of(target.stored);
    List<BitSet> all = new ArrayList<>();
    for (int file = 0; file < target.stored.data().size(); file++) {
      BitSet positions = new BitSet();
      BitSet known = before.of(target.stored.data().get(file).path());
      if (known != null) {
        positions.or(known);
      }

      positions.or(deleted.getOrDefault(file, new BitSet()));
      all.add(positions);
    }

    return all;
  }

  /** Files are numbered by their paths: in this order rows lie as they have to. */
  private LakeFile writeDeletes(List<BitSet> positions) throws IOException {
    LakeFile file =
        LakeFile.ofDeletes(
            LakeLayout.deleteFile(target.location, target.run, target.bucket),
            target.durability,
            DeleteSchemaUtil.pathPosSchema());
    deletes = file;
    RowSlices row = new RowSlices(2);
    ByteWriter position = new ByteWriter(16);
    for (int number = 0; number < positions.size(); number++) {
      BitSet ofFile = positions.get(number);
      row.set(0, Values.encode(target.stored.data().get(number).path()), 0);
      for (int at = ofFile.nextSetBit(0); at >= 0; at = ofFile.nextSetBit(at + 1)) {
        position.clear();
        Values.writeInt(position, at);
        row.set(1, position.buffer(), 0);
        file.write(row);
      }
    }

    file.close();
    return file;
  }

  private Table stored() {
    Table table = target.table;
    if (table == null) {
      throw new IllegalStateException("a new table has no rows to delete: " + target.name);
    }

    return table;
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

  private DeleteFile deleteFile(LakeFile file) {
    return FileMetadata.deleteFileBuilder(target.spec)
        .ofPositionDeletes()
        .withPath(file.path())
        .withFormat(FileFormat.PARQUET)
        .withPartition(partition())
        .withFileSizeInBytes(file.bytes())
        .withMetrics(file.metrics(MetricsConfig.forPositionDelete(stored())))
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

    if (together != null) {
      open.add(together::abandon);
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
