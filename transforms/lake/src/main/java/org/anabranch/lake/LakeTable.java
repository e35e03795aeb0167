package org.anabranch.lake;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.model.Internal;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.TableStore;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.jspecify.annotations.Nullable;

/** A version of a table. What it tells does not change while others commit. */
@Internal
public final class LakeTable {

  private final Lake lake;
  private final TableOperations loaded;
  private final Snapshot snapshot;
  private final TableBase base;
  private final TableState state;
  private final String progress;
  private final @Nullable String elsewhere;

  private LakeTable(
      Lake lake,
      TableOperations loaded,
      Snapshot snapshot,
      TableBase base,
      TableState state,
      String progress,
      @Nullable String elsewhere) {
    this.elsewhere = elsewhere;
    this.lake = lake;
    this.loaded = loaded;
    this.snapshot = snapshot;
    this.base = base;
    this.state = state;
    this.progress = progress;
  }

  static LakeTable of(Lake lake, String table, TableOperations loaded, Snapshot snapshot)
      throws IOException {
    TableMetadata metadata = loaded.current();
    String elsewhere = TableLocations.elsewhere(lake.config(), table, metadata);
    String stateName = States.at(metadata, snapshot);
    TableState state = States.read(table, loaded.io(), metadata, stateName);
    return new LakeTable(
        lake,
        loaded,
        snapshot,
        Lake.base(table, metadata, snapshot, state, stateName),
        state,
        States.summary(metadata, snapshot, States.PROGRESS),
        elsewhere);
  }

  /** The table as it was loaded. */
  TableOperations operations() {
    return loaded;
  }

  public String table() {
    return base.handle().table();
  }

  /**
   * Where its files are if not in the warehouse it is shown of, which is a copy; null where all is
   * in place.
   */
  public @Nullable String elsewhere() {
    return elsewhere;
  }

  /** Sequence number of the snapshot, from 1. */
  public long version() {
    return snapshot.sequenceNumber();
  }

  public Instant committedAt() {
    return Instant.ofEpochMilli(snapshot.timestampMillis());
  }

  /** Names of the key columns; none where the rows have no order. */
  public List<String> key() {
    return state.key();
  }

  public Schema schema() {
    return state.schema();
  }

  /** Number of buckets the rows are spread over. */
  public int buckets() {
    return state.buckets();
  }

  /**
   * Live rows: as written less those deleted. Equality deletes, which are never ours, are not
   * counted.
   */
  public long rows() {
    return total("total-records") - total("total-position-deletes");
  }

  /** Size of data files and delete files. */
  public long bytes() {
    return total("total-files-size");
  }

  public long dataFileCount() {
    return total("total-data-files");
  }

  /** Delete files, which readers must apply to the data files. */
  public long deleteFileCount() {
    return total("total-delete-files");
  }

  private long total(String what) {
    Map<String, String> summary = Objects.requireNonNullElse(snapshot.summary(), Map.of());
    return Long.parseLong(summary.getOrDefault(what, "0"));
  }

  /** Progress as it was committed, for people. */
  public String progress() {
    return progress;
  }

  /** Progress by source, see {@link Progress#places}. */
  public Map<String, Long> places() {
    return state.progress();
  }

  /** Commits that found the table changed by others, since the table was made. */
  public long conflicts() {
    return state.counters().getOrDefault(TableState.CONFLICTS, 0L);
  }

  /** Paths of the data files, in order. */
  public List<String> dataFiles() {
    List<String> paths = new ArrayList<>();
    forEachFile(
        file -> {
          if (file instanceof DataFile) {
            paths.add(lake.config().storage().location(file.location()));
          }
        });
    return paths.stream().sorted().toList();
  }

  private void forEachFile(Consumer<ContentFile<?>> files) {
    new BucketFiles(loaded.io(), loaded.current()).forEach(snapshot, files);
  }

  /** What lies in each bucket, for whoever decides what to rewrite. */
  public List<BucketStatistics> bucketStatistics() {
    BucketFiles bucketOf = new BucketFiles(loaded.io(), loaded.current());
    Map<Integer, BucketStatistics> buckets = new TreeMap<>();
    forEachFile(
        file -> {
          int bucket = bucketOf.bucket(file);
          BucketStatistics one =
              file instanceof DataFile
                  ? new BucketStatistics(
                      bucket, 1, 0, 0, file.recordCount(), 0, 0, file.fileSizeInBytes())
                  : new BucketStatistics(
                      bucket, 0, 1, 0, 0, file.recordCount(), 0, file.fileSizeInBytes());
          buckets.merge(bucket, one, BucketStatistics::plus);
        });
    for (Segment segment : state.segments()) {
      buckets.merge(
          segment.bucket(),
          new BucketStatistics(segment.bucket(), 0, 0, 1, 0, 0, segment.records(), segment.bytes()),
          BucketStatistics::plus);
    }

    return List.copyOf(buckets.values());
  }

  /**
   * What lies in a bucket.
   *
   * @param bucket number; {@link TableStore#MOVED} possibly
   * @param dataFiles number of data files
   * @param deleteFiles number of delete files
   * @param segments number of files of kept records
   * @param rows rows in data files, deleted ones among them
   * @param deleted rows that delete files delete
   * @param kept records kept beside the rows
   * @param bytes size of all these files
   */
  public record BucketStatistics(
      int bucket,
      int dataFiles,
      int deleteFiles,
      int segments,
      long rows,
      long deleted,
      long kept,
      long bytes) {

    BucketStatistics plus(BucketStatistics other) {
      return new BucketStatistics(
          bucket,
          dataFiles + other.dataFiles,
          deleteFiles + other.deleteFiles,
          segments + other.segments,
          rows + other.rows,
          deleted + other.deleted,
          kept + other.kept,
          bytes + other.bytes);
    }
  }

  /**
   * The version before, or where it has expired the one up to which commits were taken; null for
   * the first one, and where neither is there.
   */
  @Nullable LakeTable before(@Nullable Redelivery redelivery) throws IOException {
    Long parent = snapshot.parentId();
    Snapshot found = parent == null ? null : loaded.current().snapshot(parent);
    if (found == null && parent != null && redelivery != null) {
      Snapshot taken = redelivery.given().in(loaded.current());
      boolean isOlder = taken != null && taken.sequenceNumber() < snapshot.sequenceNumber();
      found = isOlder ? taken : null;
    }

    return found == null ? null : of(lake, table(), loaded, found);
  }

  /** Buckets whose files differ from those of an older version of the same table. */
  Set<Integer> changedSince(LakeTable older) {
    return new BucketFiles(loaded.io(), loaded.current()).changed(older.snapshot, snapshot);
  }

  /** Opens the live rows, ordered by key. */
  public LakeRows openRows() throws IOException {
    return LakeRows.open(store(), this);
  }

  /** The table alone, to read it. */
  TableStore store() {
    return Lake.store(lake.config(), RunId.next(), List.of(base.handle()), state.buckets());
  }
}
