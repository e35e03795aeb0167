package org.anabranch.lake;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.model.Internal;
import org.anabranch.transforms.archive.OffsetRanges;
import org.anabranch.transforms.archive.RecordArchive;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/** A version of the archive of a lake: the records of its logs as they were received. */
@Internal
public final class Archive {

  private final Storage storage;
  private final TableOperations loaded;
  private final Snapshot snapshot;

  private Archive(Storage storage, TableOperations loaded, Snapshot snapshot) {
    this.storage = storage;
    this.loaded = loaded;
    this.snapshot = snapshot;
  }

  /** The current version; null where nothing was ever archived. */
  public static @Nullable Archive of(Lake lake) {
    TableOperations loaded = lake.catalog().load(RecordArchive.TABLE);
    Snapshot current = loaded == null ? null : loaded.current().currentSnapshot();
    return loaded == null || current == null
        ? null
        : new Archive(lake.config().storage(), loaded, current);
  }

  /** Offsets whose records are in it. */
  public OffsetRanges offsets() {
    return ArchiveLayout.offsets(loaded.current());
  }

  /** Sequence number of the snapshot, from 1. */
  public long version() {
    return snapshot.sequenceNumber();
  }

  public Instant committedAt() {
    return Instant.ofEpochMilli(snapshot.timestampMillis());
  }

  public long records() {
    return total("total-records");
  }

  public long bytes() {
    return total("total-files-size");
  }

  public long dataFileCount() {
    return total("total-data-files");
  }

  private long total(String what) {
    Map<String, String> summary = Objects.requireNonNullElse(snapshot.summary(), Map.of());
    return Long.parseLong(summary.getOrDefault(what, "0"));
  }

  /** Paths of its Parquet files, in order. */
  public List<String> dataFiles() {
    List<String> paths = new ArrayList<>();
    new BucketFiles(loaded.io(), loaded.current())
        .forEach(
            snapshot,
            file -> {
              if (file instanceof DataFile) {
                paths.add(storage.location(file.location()));
              }
            });
    return paths.stream().sorted().toList();
  }

  /**
   * Where the records end that the archive of a warehouse has, by {@code TOPIC/PARTITION}; empty
   * where there is none.
   */
  public static Map<String, Long> ends(Lake lake) throws IOException {
    return ArchiveCommit.offsets(lake.catalog()).ends();
  }

  /** Topics of which it has records. */
  public Set<String> topics() {
    Set<String> topics = new TreeSet<>();
    new BucketFiles(loaded.io(), loaded.current())
        .forEach(snapshot, file -> topics.add(file.partition().get(0, String.class)));
    return topics;
  }

  /**
   * Files that hold records of a selection, among others.
   *
   * @throws IOException where an engine has deleted records beside a file and not from it
   */
  public List<ArchivedFile> files(ArchiveSelection selection) throws IOException {
    List<ArchivedFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        new BaseTable(loaded, RecordArchive.TABLE)
            .newScan()
            .useSnapshot(snapshot.snapshotId())
            .filter(selection.expression())
            .planFiles()) {
      for (FileScanTask task : tasks) {
        DataFile file = task.file();
        if (!task.deletes().isEmpty()) {
          throw new IOException(
              "an engine has deleted records of "
                  + RecordArchive.TABLE
                  + " and left them in their files: let it rewrite these first (Spark:"
                  + " rewrite_data_files with delete-file-threshold=1)");
        }

        files.add(new ArchivedFile(file.location(), file.recordCount(), file.fileSizeInBytes()));
      }
    }

    return files;
  }

  /**
   * A file.
   *
   * @param records in it
   * @param bytes its size
   */
  public record ArchivedFile(String path, long records, long bytes) {}
}
