package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileContent;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * The files of a stored table as of the start of a run, by bucket. Read once per JVM, from the
 * metadata of the version: no catalog is asked.
 */
final class TableFiles {

  private static final int TABLES = 64;
  private static final Cached<Version, TableFiles> CACHE = new Cached<>(TABLES, TableFiles::load);

  /**
   * Files of one bucket. Addresses of rows count the data files in this order, which is the same
   * wherever it is asked for.
   *
   * @param data data files, by path
   * @param deletes position delete files, by path
   */
  record Bucket(List<Data> data, List<String> deletes) {

    static final Bucket EMPTY = new Bucket(List.of(), List.of());
  }

  /** A data file and the number of its rows, deleted ones among them. */
  record Data(String path, long rows) {}

  private record Version(String table, String metadataLocation, long snapshotId) {}

  private final Table table;
  private final Schema schema;
  private final boolean isOld;
  private final Map<Integer, Bucket> buckets;

  private TableFiles(Table table, Version version) {
    this.table = table;
    isOld = isOld(table, version.snapshotId());
    schema = isOld ? SnapshotUtil.schemaFor(table, version.snapshotId()) : table.schema();
    buckets = version.snapshotId() < 0 ? Map.of() : plan(table, version.snapshotId());
  }

  private static boolean isOld(Table table, long snapshot) {
    Snapshot current = table.currentSnapshot();
    return snapshot >= 0 && current != null && current.snapshotId() != snapshot;
  }

  /** Files of a table that is not new. */
  static TableFiles of(TableHandle handle) {
    return CACHE.get(new Version(handle.table(), handle.metadataLocation(), handle.snapshotId()));
  }

  private static TableFiles load(Version version) {
    Table table =
        new BaseTable(
            new StaticTableOperations(
                version.metadataLocation(), LakeFiles.io(version.metadataLocation())),
            version.table());
    LakeLayout.bucketColumn(version.table(), table.schema(), table.spec());
    return new TableFiles(table, version);
  }

  private static Map<Integer, Bucket> plan(Table table, long snapshot) {
    Map<Integer, List<Data>> data = new HashMap<>();
    Map<Integer, SortedSet<String>> deletes = new HashMap<>();
    try (CloseableIterable<FileScanTask> tasks =
        table
            .newScan()
            .useSnapshot(snapshot)
            .planWith(CallerThread.ifFew(table.io(), table.snapshot(snapshot)))
            .planFiles()) {
      for (FileScanTask task : tasks) {
        int bucket = bucket(table, task);
        check(table, task.file().format(), task.file().location());
        data.computeIfAbsent(bucket, any -> new ArrayList<>())
            .add(new Data(task.file().location(), task.file().recordCount()));
        for (DeleteFile delete : task.deletes()) {
          check(table, delete);
          deletes.computeIfAbsent(bucket, any -> new TreeSet<>()).add(delete.location());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    Map<Integer, Bucket> buckets = new TreeMap<>();
    data.forEach(
        (bucket, files) -> {
          files.sort(Comparator.comparing(Data::path));
          buckets.put(
              bucket,
              new Bucket(
                  List.copyOf(files), List.copyOf(deletes.getOrDefault(bucket, new TreeSet<>()))));
        });
    return buckets;
  }

  private static int bucket(Table table, FileScanTask task) {
    LakeLayout.bucketColumn(table.name(), table.schema(), task.spec());
    Integer bucket = task.file().partition().get(0, Integer.class);
    if (bucket == null) {
      throw new IllegalStateException(
          "table '" + table.name() + "' has rows without a bucket in " + task.file().location());
    }

    return bucket;
  }

  private static void check(Table table, DeleteFile file) {
    if (file.content() == FileContent.EQUALITY_DELETES) {
      throw new IllegalStateException(
          "table '"
              + table.name()
              + "' has equality deletes, which are not read; compact it first: "
              + file.location());
    }

    if (file.format() == FileFormat.PUFFIN) {
      throw new IllegalStateException(
          "table '"
              + table.name()
              + "' has deletion vectors, which are not read; compact it first: "
              + file.location());
    }

    check(table, file.format(), file.location());
  }

  private static void check(Table table, FileFormat format, String path) {
    if (format != FileFormat.PARQUET) {
      throw new IllegalStateException(
          "table '" + table.name() + "' must have Parquet files only, but has " + path);
    }
  }

  Table table() {
    return table;
  }

  /**
   * The schema to read the rows with. A version that others have followed is read with the schema
   * it was committed with: a column that was replaced since is in its files under the old id.
   */
  Schema schema() {
    return schema;
  }

  /** Whether others have followed the version, so that it can be read only. */
  boolean isOld() {
    return isOld;
  }

  /** Files of a bucket; none where nothing is stored of it. */
  Bucket bucket(int bucket) {
    return buckets.getOrDefault(bucket, Bucket.EMPTY);
  }
}
