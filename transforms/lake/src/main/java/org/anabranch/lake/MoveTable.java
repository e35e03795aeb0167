package org.anabranch.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.anabranch.lake.Storage.Entry;
import org.anabranch.lake.Storage.Lock;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.RowSlices;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableMetadataParser;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.io.DeleteSchemaUtil;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.io.OutputFile;
import org.jspecify.annotations.Nullable;

/**
 * Gives a table that was copied or moved a version whose paths are those of the files here. The
 * files of the version before are found by their names, which are unique in a table.
 */
final class MoveTable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String table;
  private final TableMetadata before;
  private final FileIO written;
  private final FileIO io;
  private final Storage storage;
  private final String location;
  private final String run = RunId.next();

  /** Paths below {@link #location} by the names of the files. */
  private final Map<String, String> byName = new HashMap<>();

  /**
   * @param loaded the table's metadata as it was copied, with the paths it had
   */
  MoveTable(LakeConfig config, String table, TableOperations loaded) throws IOException {
    this.table = table;
    before = loaded.current();
    written = loaded.io();
    io = new RelocatedFiles(written);
    location = config.location(table);
    storage = config.storage();
    String root = storage.realLocation(location);
    for (Entry file : storage.files(root)) {
      byName.put(file.fileName(), location + file.name().substring(root.length()));
    }
  }

  /** Where a file of the table is now. */
  private String here(String path) {
    String file = byName.get(References.name(path));
    if (file == null) {
      throw new BrokenTableException(
          table, "the copy is not complete: there is no " + References.name(path), null);
    }

    return file;
  }

  void run() throws IOException {
    Snapshot current = before.currentSnapshot();
    Unpublished made = new Unpublished(emptied());
    if (current != null) {
      commit(made, current);
    }

    publish(made.current());
  }

  /** The table's metadata without any version, and without any path but the new location. */
  private TableMetadata emptied() throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(TableMetadataParser.toJson(before));
    json.put("location", location);
    json.put("current-snapshot-id", -1);
    for (String list :
        List.of(
            "snapshots", "snapshot-log", "metadata-log", "statistics", "partition-statistics")) {
      json.putArray(list);
    }

    json.putObject("refs");
    JsonNode properties = json.get("properties");
    if (properties instanceof ObjectNode object) {
      object.remove("write.data.path");
      object.remove("write.metadata.path");
    }

    return TableMetadataParser.fromJson((String) null, json);
  }

  private void commit(Unpublished made, Snapshot current) throws IOException {
    BaseTable writing = new BaseTable(made, table);
    RowDelta delta = writing.newRowDelta();
    addFiles(delta, current);
    delta.set(States.TOKEN, run);
    String progress = States.summary(before, current, States.PROGRESS);
    if (!progress.isEmpty()) {
      delta.set(States.PROGRESS, progress);
    }

    String state = States.at(before, current);
    String name = state.isEmpty() ? "" : writeState(state);
    if (!name.isEmpty()) {
      delta.set(States.STATE, name);
    }

    delta.commit();
    if (!name.isEmpty()) {
      writing.updateProperties().set(States.STATE, name).commit();
    }

    // What was published last stays known where it is the current version.
    long version = made.current().currentSnapshot().snapshotId();
    ManageSnapshots tags = writing.manageSnapshots();
    before
        .refs()
        .forEach(
            (tag, ref) -> {
              boolean isCurrent = ref.snapshotId() == current.snapshotId();
              if (ref.isTag() && (isCurrent || Redelivery.isTag(tag))) {
                // The versions since are gone, so that all rows are to come.
                tags.createTag(isCurrent ? tag : Redelivery.made(tag), version);
              }
            });
    tags.commit();
  }

  private String writeState(String name) throws IOException {
    TableState state = States.read(table, io, before, name);
    List<Segment> segments = new ArrayList<>();
    for (Segment segment : state.segments()) {
      segments.add(
          new Segment(segment.bucket(), here(segment.path()), segment.records(), segment.bytes()));
    }

    return States.write(io, location, run, state.withSegments(segments));
  }

  /** The files of a partition. */
  private record Partition(List<DataFile> data, List<DeleteFile> deletes) {}

  private void addFiles(RowDelta delta, Snapshot current) throws IOException {
    Map<String, Partition> partitions = new TreeMap<>();
    new BucketFiles(io, before)
        .forEach(
            current,
            file -> {
              Partition partition =
                  partitions.computeIfAbsent(
                      file.specId() + "/" + file.partition(),
                      any -> new Partition(new ArrayList<>(), new ArrayList<>()));
              if (file instanceof DataFile data) {
                partition.data().add(data.copy());
              } else {
                partition.deletes().add((DeleteFile) file.copy());
              }
            });
    for (Partition partition : partitions.values()) {
      for (DataFile file : partition.data()) {
        PartitionSpec spec = Objects.requireNonNull(before.spec(file.specId()));
        delta.addRows(DataFiles.builder(spec).copy(file).withPath(here(file.location())).build());
      }

      if (!partition.deletes().isEmpty()) {
        delta.addDeletes(deletes(partition));
      }
    }
  }

  /** The deleted positions of all data files of a partition, with the paths these have now. */
  private DeleteFile deletes(Partition partition) throws IOException {
    List<TableFiles.Data> data = new ArrayList<>();
    for (DataFile file : partition.data()) {
      data.add(new TableFiles.Data(file.location(), file.recordCount()));
    }

    long rows = 0;
    List<String> deletes = new ArrayList<>();
    for (DeleteFile file : partition.deletes()) {
      requirePositions(file);
      deletes.add(here(file.location()));
      rows += file.recordCount();
    }

    DeletedPositions positions = DeletedPositions.of(new TableFiles.Bucket(data, deletes));
    if (positions.count() != rows) {
      throw new BrokenTableException(
          table,
          "of %d deleted positions only %d are of its files".formatted(rows, positions.count()),
          null);
    }

    Map<String, BitSet> byPath = new TreeMap<>();
    for (TableFiles.Data file : data) {
      BitSet ofFile = positions.of(file.path());
      if (ofFile != null && !ofFile.isEmpty()) {
        byPath.put(here(file.path()), ofFile);
      }
    }

    DeleteFile like = partition.deletes().get(0);
    PartitionSpec spec = Objects.requireNonNull(before.spec(like.specId()));
    LakeFile written = write(byPath, like.partition());
    return FileMetadata.deleteFileBuilder(spec)
        .ofPositionDeletes()
        .withPath(written.path())
        .withFormat(FileFormat.PARQUET)
        .withPartition(like.partition())
        .withFileSizeInBytes(written.bytes())
        .withMetrics(
            written.metrics(
                MetricsConfig.forPositionDelete(new BaseTable(new Unpublished(before), table))))
        .build();
  }

  private void requirePositions(ContentFile<?> file) {
    if (file.content() != FileContent.POSITION_DELETES || file.format() != FileFormat.PARQUET) {
      throw new BrokenTableException(
          table,
          "another engine has left deletes that cannot be moved (%s, %s): let it rewrite them first"
              .formatted(file.content(), file.format()),
          null);
    }
  }

  private LakeFile write(Map<String, BitSet> byPath, StructLike partition) throws IOException {
    Integer bucket =
        ArchiveLayout.isArchive(before) ? Integer.valueOf(0) : partition.get(0, Integer.class);
    LakeFile file =
        LakeFile.ofDeletes(
            LakeLayout.deleteFile(location, run, bucket == null ? 0 : bucket),
            Durability.POWER_CUT,
            DeleteSchemaUtil.pathPosSchema());
    RowSlices row = new RowSlices(2);
    ByteWriter position = new ByteWriter(16);
    for (Map.Entry<String, BitSet> entry : byPath.entrySet()) {
      row.set(0, Values.encode(entry.getKey()), 0);
      BitSet positions = entry.getValue();
      for (int at = positions.nextSetBit(0); at >= 0; at = positions.nextSetBit(at + 1)) {
        position.clear();
        Values.writeInt(position, at);
        row.set(1, position.buffer(), 0);
        file.write(row);
      }
    }

    file.close();
    return file;
  }

  /** Makes the metadata the table's next version, as its catalog, the directory, does. */
  private void publish(TableMetadata made) throws IOException {
    String metadata = location + "/metadata/";
    Lock lock = DirectoryLocks.take(location);
    try {
      long next = DirectoryLocks.newest(location) + 1;
      String partial = metadata + UUID.randomUUID() + ".metadata.json";
      write(partial, TableMetadataParser.toJson(made));
      storage.move(partial, metadata + "v" + next + ".metadata.json");
      storage.forceNames(metadata);
      String hint = metadata + UUID.randomUUID() + "-version-hint.temp";
      write(hint, String.valueOf(next));
      storage.move(hint, metadata + "version-hint.text");
      storage.forceNames(metadata);
    } finally {
      lock.close();
    }
  }

  private void write(String file, String text) throws IOException {
    try (OutputStream bytes = storage.create(file)) {
      bytes.write(text.getBytes(StandardCharsets.UTF_8));
    }

    storage.force(file);
  }

  /** Opens files of the table where they are now, by the paths they had. */
  private final class RelocatedFiles implements FileIO {

    private static final long serialVersionUID = 1;

    private final FileIO files;

    RelocatedFiles(FileIO files) {
      this.files = files;
    }

    @Override
    public InputFile newInputFile(String path) {
      return files.newInputFile(here(path));
    }

    @Override
    public InputFile newInputFile(String path, long length) {
      return files.newInputFile(here(path), length);
    }

    @Override
    public OutputFile newOutputFile(String path) {
      return files.newOutputFile(path);
    }

    @Override
    public void deleteFile(String path) {
      throw new UnsupportedOperationException("nothing is deleted, but was to be: " + path);
    }
  }

  /** Holds versions of the table's metadata in memory until they are published. */
  private final class Unpublished implements TableOperations {

    private TableMetadata current;

    Unpublished(TableMetadata current) {
      this.current = current;
    }

    @Override
    public TableMetadata current() {
      return current;
    }

    @Override
    public TableMetadata refresh() {
      return current;
    }

    @Override
    public void commit(@Nullable TableMetadata base, TableMetadata metadata) {
      current = metadata;
    }

    @Override
    public FileIO io() {
      return written;
    }

    @Override
    public String metadataFileLocation(String fileName) {
      return location + "/metadata/" + run + "-" + fileName;
    }

    @Override
    public LocationProvider locationProvider() {
      throw new UnsupportedOperationException("no data files are written for " + table);
    }
  }
}
