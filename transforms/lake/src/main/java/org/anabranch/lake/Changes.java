package org.anabranch.lake;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.lake.CommitResult.Conflict;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.transforms.merge.TableStore;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.io.FileIO;

/** What others have changed in a table since a run looked at it. */
final class Changes {

  private final FileIO io;
  private final TableMetadata now;
  private final TableState state;
  private final String stateName;

  Changes(FileIO io, TableMetadata now, TableState state, String stateName) {
    this.io = io;
    this.now = now;
    this.state = state;
    this.stateName = stateName;
  }

  /** Whether anything has changed. */
  boolean isSince(TableBase base) {
    Snapshot current = now.currentSnapshot();
    long snapshot = current == null ? -1 : current.snapshotId();
    return base.isMissing()
        || snapshot != base.handle().snapshotId()
        || now.currentSchemaId() != base.schemaId()
        || !stateName.equals(base.state());
  }

  /** What has changed, by bucket where that can be said. */
  Conflict since(TableBase base) throws IOException {
    TableHandle handle = base.handle();
    Snapshot from = now.snapshot(handle.snapshotId());
    Snapshot to = now.currentSnapshot();
    if (base.isMissing()
        || from == null
        || to == null
        || now.currentSchemaId() != base.schemaId()
        || state.buckets() != handle.buckets()
        || state.keyForm() != handle.keyForm()
        || !state.key().equals(handle.key())
        || !state.columns().equals(handle.columns())) {
      return Conflict.everywhere();
    }

    Set<Integer> buckets = new TreeSet<>(new BucketFiles(io, now).changed(from, to));
    buckets.addAll(changedSegments(handle));
    // What is kept of moved rows bears upon every bucket.
    boolean isEverywhere =
        buckets.contains(TableStore.MOVED) || buckets.contains(BucketFiles.NO_BUCKET);
    return new Conflict(buckets, isEverywhere);
  }

  private Set<Integer> changedSegments(TableHandle handle) {
    Set<Segment> before = new HashSet<>(handle.segments());
    Set<Segment> after = new HashSet<>(state.segments());
    Set<Integer> buckets = new TreeSet<>();
    before.stream()
        .filter(segment -> !after.contains(segment))
        .forEach(s -> buckets.add(s.bucket()));
    after.stream()
        .filter(segment -> !before.contains(segment))
        .forEach(s -> buckets.add(s.bucket()));
    return buckets;
  }
}
