package org.anabranch.lake;

import java.io.IOException;
import org.apache.iceberg.ManageSnapshots;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.jspecify.annotations.Nullable;

/**
 * A tag that says up to which version something has got all rows of a table. The version stays as
 * long as it has the tag.
 *
 * @param name of the tag
 */
record VersionTag(String name) {

  private static final int MAX_ATTEMPTS = 50;

  /** The version that has the tag; null where none has. */
  @Nullable Snapshot in(TableMetadata table) {
    SnapshotRef ref = table.ref(name);
    return ref == null ? null : table.snapshot(ref.snapshotId());
  }

  /**
   * Moves it.
   *
   * @param run whose metadata files these are
   * @param version id of the snapshot; null: no version has it any more
   */
  void move(Lake lake, String table, String run, @Nullable Long version) throws IOException {
    RuntimeException last = null;
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      TableOperations loaded = lake.catalog().load(table);
      if (loaded == null) {
        throw new IOException("table '" + table + "' was removed meanwhile");
      }

      try {
        TableMetadata metadata = loaded.current();
        SnapshotRef ref = metadata.ref(name);
        if (ref == null ? version == null : version != null && ref.snapshotId() == version) {
          return;
        }

        Transaction transaction = lake.catalog().update(table, loaded, metadata, run);
        ManageSnapshots refs = transaction.manageSnapshots();
        if (version == null) {
          refs.removeTag(name);
        } else if (ref == null) {
          refs.createTag(name, version);
        } else {
          refs.replaceTag(name, version);
        }

        refs.commit();
        transaction.commitTransaction();
        return;
      } catch (ConflictException | CommitStateUnknownException e) {
        // Once more, from looking on.
        last = e;
      }
    }

    throw new IOException("others changed table '" + table + "' all the time", last);
  }
}
