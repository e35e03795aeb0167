package org.anabranch.lake;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
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
 * stays. As long as nothing of a table is taken and no version before the first one of the job is
 * there, that first one has the tag {@code anabranch.made.JOB} instead. A table with neither, and
 * without a version of the job, gives nothing.
 *
 * @param job its name
 */
record Redelivery(String job) implements Serializable {

  private static final String GIVEN = "anabranch.given.";
  private static final String MADE = "anabranch.made.";

  VersionTag tag() {
    return new VersionTag(GIVEN + job);
  }

  private VersionTag made() {
    return new VersionTag(MADE + job);
  }

  /** The commits to all tables that are not taken yet, those of others among them. */
  List<TableCommitted> open(Lake lake) throws IOException {
    List<TableCommitted> commits = new ArrayList<>();
    for (LakeTable table : lake.tables()) {
      TableOperations loaded = table.operations();
      commits.addAll(since(table.table(), loaded, taken(lake, table.table(), loaded.current())));
    }

    return commits;
  }

  /** The version that is taken last; remembers it where the job has written for the first time. */
  private long taken(Lake lake, String table, TableMetadata now) throws IOException {
    Snapshot given = tag().in(now);
    if (given != null) {
      return given.sequenceNumber();
    }

    Snapshot made = made().in(now);
    if (made != null) {
      return made.sequenceNumber() - 1;
    }

    Snapshot first = first(now);
    if (first == null) {
      return Long.MAX_VALUE;
    }

    Long parent = first.parentId();
    boolean hasParent = parent != null && now.snapshot(parent) != null;
    try (LakeRun run = lake.startRun(1)) {
      if (hasParent) {
        tag().move(lake, table, run.id(), parent);
      } else {
        made().move(lake, table, run.id(), first.snapshotId());
      }
    }

    return first.sequenceNumber() - 1;
  }

  /** The oldest version that the job has written; null where none is left. */
  private @Nullable Snapshot first(TableMetadata table) {
    return table.snapshots().stream()
        .filter(
            snapshot ->
                job.equals(
                    Objects.requireNonNullElse(snapshot.summary(), Map.<String, String>of())
                        .get(States.PIPELINE)))
        .min(Comparator.comparingLong(Snapshot::sequenceNumber))
        .orElse(null);
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
          made().move(lake, table, run.id(), null);
        }
      }
    }
  }
}
