package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.anabranch.model.Internal;
import org.anabranch.parquet.RecordFile;
import org.anabranch.transforms.archive.RecordArchive;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/** Puts the small files of an hour of the archive together, so that their number stays small. */
@Internal
public final class CompactArchive {

  private static final int MAX_ATTEMPTS = 5;

  /** Larger ones stay as they are. */
  private static final long SMALL_BYTES = 64L << 20;

  private final Lake lake;

  private CompactArchive(Lake lake) {
    this.lake = lake;
  }

  /**
   * Compacts the archive, where there is one; where others write to it all the time, some other
   * day.
   *
   * @return files that others took the place of
   */
  public static int run(Lake lake) throws IOException {
    return lake.catalog().load(RecordArchive.TABLE) == null ? 0 : new CompactArchive(lake).run();
  }

  private int run() throws IOException {
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      OptionalInt files = attempt();
      if (files.isPresent()) {
        return files.getAsInt();
      }
    }

    return 0;
  }

  /** Empty where others wrote meanwhile: the archive is to be looked at again. */
  private OptionalInt attempt() throws IOException {
    // Its files are known as those of a run that is alive.
    try (LakeRun run = lake.startRun(1)) {
      return OptionalInt.of(attempt(run.id()));
    } catch (ConflictException | CommitStateUnknownException | ValidationException othersWrote) {
      return OptionalInt.empty();
    }
  }

  private int attempt(String run) throws IOException {
    TableOperations loaded = lake.catalog().load(RecordArchive.TABLE);
    TableMetadata now = loaded == null ? null : loaded.current();
    Snapshot current = now == null ? null : now.currentSnapshot();
    if (loaded == null || now == null || current == null) {
      return 0;
    }

    List<DataFile> gone = new ArrayList<>();
    List<DataFile> come = new ArrayList<>();
    for (List<DataFile> small : smallFiles(loaded)) {
      if (small.size() > 1) {
        come.add(together(run, small));
        gone.addAll(small);
      }
    }

    if (gone.isEmpty()) {
      return 0;
    }

    Transaction transaction = lake.catalog().update(RecordArchive.TABLE, loaded, now, run);
    RewriteFiles rewrite = transaction.newRewrite();
    // What these files were is known as of now; older versions may have expired.
    rewrite.validateFromSnapshot(current.snapshotId());
    gone.forEach(rewrite::deleteFile);
    come.forEach(rewrite::addFile);
    rewrite.set(States.TOKEN, run).commit();
    transaction.commitTransaction();
    return gone.size();
  }

  /**
   * Small files by topic and hour, in the order of their partitions and offsets. Where an engine
   * has deleted records beside a file, it stays as it is: they would be back.
   */
  private static Iterable<List<DataFile>> smallFiles(TableOperations loaded) throws IOException {
    Map<String, List<DataFile>> hours = new TreeMap<>();
    try (CloseableIterable<FileScanTask> tasks =
        new BaseTable(loaded, RecordArchive.TABLE).newScan().includeColumnStats().planFiles()) {
      for (FileScanTask task : tasks) {
        DataFile data = task.file();
        if (task.deletes().isEmpty() && data.fileSizeInBytes() < SMALL_BYTES) {
          String hour = topic(data) + "/" + hour(data);
          hours.computeIfAbsent(hour, any -> new ArrayList<>()).add(data.copy());
        }
      }
    }

    Comparator<DataFile> order =
        Comparator.<DataFile, Integer>comparing(ArchiveFile::firstPartition)
            .thenComparing(ArchiveFile::firstOffset);
    hours.values().forEach(files -> files.sort(order));
    return hours.values();
  }

  private static String topic(DataFile file) {
    return file.partition().get(0, String.class);
  }

  private static @Nullable Integer hour(DataFile file) {
    return file.partition().get(1, Integer.class);
  }

  private DataFile together(String run, List<DataFile> files) throws IOException {
    DataFile first = files.get(0);
    String location = lake.config().location(RecordArchive.TABLE);
    try (ArchiveFile all =
        ArchiveFile.create(location, lake.config().durability(), run, topic(first), hour(first))) {
      for (DataFile file : files) {
        RecordFile.read(file.location(), all::write);
      }

      return all.finish();
    }
  }
}
