package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.anabranch.transforms.merge.RowSlices;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.apache.iceberg.Schema;

/**
 * Data files that patches have left in a bucket and that are put together by a later patch, so that
 * a reader opens few files: once there are four, or more, that are each less than an eighth of the
 * largest one. What is copied is little beside the bucket, and each row is copied rarely.
 */
final class SmallFiles {

  private static final int MANY = 4;
  private static final int TIMES_SMALLER = 8;

  private SmallFiles() {}

  /** Numbers of the files to put together; none where there is nothing to gain. */
  static BitSet of(TableFiles.Bucket bucket) {
    long largest = bucket.data().stream().mapToLong(TableFiles.Data::rows).max().orElse(0);
    BitSet small = new BitSet();
    for (int i = 0; i < bucket.data().size(); i++) {
      TableFiles.Data file = bucket.data().get(i);
      if (file.rows() * TIMES_SMALLER < largest && LakeLayout.isOurs(file.path())) {
        small.set(i);
      }
    }

    return small.cardinality() < MANY ? new BitSet() : small;
  }

  /**
   * Writes the live rows of files, in the order of their keys.
   *
   * @param schema as stored
   * @param deleted rows by file, those that are deleted just now among them
   */
  static void copy(
      TableFiles.Bucket bucket,
      BitSet files,
      List<BitSet> deleted,
      Schema schema,
      List<String> key,
      List<String> columns,
      LakeFile target)
      throws IOException {
    Selection selection = new Selection(schema, key, columns);
    List<RowCursor> cursors = new ArrayList<>();
    try {
      for (int file = files.nextSetBit(0); file >= 0; file = files.nextSetBit(file + 1)) {
        String path = bucket.data().get(file).path();
        cursors.add(FileCursor.open(path, file, selection, deleted.get(file)));
      }

      MergedCursor rows = new MergedCursor(cursors);
      RowSlices row = new RowSlices(columns.size());
      while (rows.next()) {
        for (int column = 0; column < columns.size(); column++) {
          row.set(column, rows.values(), rows.start(column));
        }

        target.write(row);
      }
    } finally {
      MergedCursor.closeAll(cursors);
    }
  }
}
