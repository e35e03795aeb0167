package org.anabranch.lake;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The commits of a job that its pipelines give again until what comes after them has taken them. Up
 * to which version it has is a tag of each table, {@code anabranch.given.JOB}, so that this version
 * stays. A table without the tag, to which the job has written, has given nothing yet.
 *
 * @param job its name
 */
record Redelivery(String job) implements Serializable {

  private static final String TAG = "anabranch.given.";

  VersionTag tag() {
    return new VersionTag(TAG + job);
  }

  /** The commits to all tables that are not taken yet, those of others among them. */
  List<TableCommitted> open(Lake lake) throws IOException {
    List<TableCommitted> commits = new ArrayList<>();
    for (LakeTable table : lake.tables()) {
      TableOperations loaded = lake.catalog().load(table.table());
      if (loaded != null) {
        commits.addAll(since(table.table(), loaded, taken(loaded.current())));
      }
    }

    return commits;
  }

  /** The version that is taken last. */
  private long taken(TableMetadata table) {
    Snapshot tagged = tag().in(table);
    if (tagged != null) {
      return tagged.sequenceNumber();
    }

    long first = Long.MAX_VALUE;
    for (Snapshot snapshot : table.snapshots()) {
      String by =
          Objects.requireNonNullElse(snapshot.summary(), Map.<String, String>of())
              .getOrDefault(States.PIPELINE, "");
      if (by.equals(job)) {
        first = Math.min(first, snapshot.sequenceNumber());
      }
    }

    return first - 1;
  }

  /** The commits to a table after a version that are still there, oldest first. */
  static List<TableCommitted> since(String table, @Nullable TableOperations loaded, long version)
      throws IOException {
    List<TableCommitted> commits = new ArrayList<>();
    TableMetadata now = loaded == null ? null : loaded.current();
    Snapshot current = now == null ? null : now.currentSnapshot();
    if (loaded == null || now == null || current == null) {
      return commits;
    }

    for (Snapshot snapshot : SnapshotUtil.ancestorsOf(current.snapshotId(), now::snapshot)) {
      if (snapshot.sequenceNumber() <= version) {
        break;
      }

      commits.add(0, TableCommitted.of(table, loaded, snapshot));
    }

    return commits;
  }

  /** Notes that the commits to a table up to a version are taken. */
  void take(Lake lake, String table, long version) throws IOException {
    TableOperations loaded = lake.catalog().load(table);
    if (loaded == null) {
      return;
    }

    TableMetadata now = loaded.current();
    Snapshot tagged = tag().in(now);
    if (tagged != null && tagged.sequenceNumber() >= version) {
      return;
    }

    for (Snapshot snapshot : now.snapshots()) {
      if (snapshot.sequenceNumber() == version) {
        try (LakeRun run = lake.startRun(1)) {
          tag().move(lake, table, run.id(), snapshot.snapshotId());
        }
      }
    }
  }
}
