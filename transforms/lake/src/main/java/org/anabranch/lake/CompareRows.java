package org.anabranch.lake;

import java.io.IOException;
import java.io.Serializable;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.MergeBuckets;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * The rows that differ between two versions of a table, as rows of Beam.
 *
 * @param changes what differs
 * @param before columns of the older version; of the newer one where there is no older
 * @param after columns of the newer version
 */
record CompareRows(TableChanges changes, RowFields before, RowFields after)
    implements Serializable {

  /** Takes a row as it was and as it is. */
  @FunctionalInterface
  interface Receiver {
    void accept(@Nullable Row before, @Nullable Row after);
  }

  static CompareRows of(TableChanges changes) {
    RowFields after = RowFields.of(columns(changes.after().schema(changes.table())));
    Schema older = changes.before().schema(changes.table());
    return new CompareRows(
        changes, older.columns().isEmpty() ? after : RowFields.of(columns(older)), after);
  }

  /** Columns of the source; of a history all. */
  private static Schema columns(Schema all) {
    return MergeBuckets.isHistory(all) ? all : MergeBuckets.sourceColumns(all);
  }

  /** Hands over the rows of a bucket that differ, in the order of their keys. */
  void read(int bucket, Receiver receiver) throws IOException {
    changes.read(
        bucket,
        new TableChanges.Receiver() {
          @Override
          public void upsert(LakeRows row) {
            receiver.accept(null, after.read(row));
          }

          @Override
          public void update(LakeRows old, LakeRows row) {
            receiver.accept(before.read(old), after.read(row));
          }

          @Override
          public void delete(LakeRows row) {
            receiver.accept(before.read(row), null);
          }
        });
  }
}
