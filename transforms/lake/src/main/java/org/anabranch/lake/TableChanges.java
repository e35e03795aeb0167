package org.anabranch.lake;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.anabranch.model.Internal;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.jspecify.annotations.Nullable;

/**
 * The rows that differ between two versions of a table, found bucket by bucket: both versions are
 * in the order of their keys. What is the same in both is never told, however often its files were
 * written anew.
 *
 * @param table its name
 * @param before the older version; a store without the table where there is none
 * @param after the newer one
 * @param numbers of the buckets that may differ
 * @param withMoved whether rows may lie in the bucket {@link TableStore#MOVED} rather than their
 *     own
 */
@Internal
public record TableChanges(
    String table, TableStore before, TableStore after, List<Integer> numbers, boolean withMoved)
    implements Serializable {

  public TableChanges {
    numbers = List.copyOf(numbers);
  }

  /**
   * The changes between two versions.
   *
   * @param before the older version; a store without the table where there is none
   * @param after the newer one
   * @param changed buckets whose files differ
   */
  static TableChanges of(String table, TableStore before, TableStore after, Set<Integer> changed) {
    List<Integer> all =
        IntStream.range(0, Objects.requireNonNull(after.buckets().get(table))).boxed().toList();
    if (!before.buckets().containsKey(table)) {
      return new TableChanges(table, before, after, all, after.hasMoved(table));
    }

    TableChanges everywhere = new TableChanges(table, before, after, all, true);
    if (everywhere.isRekeyed()) {
      return everywhere;
    }

    Set<Integer> buckets = new TreeSet<>(changed);
    // A row of these may be one of any bucket, and rows with other columns are other rows.
    boolean isAnywhere =
        buckets.removeAll(Set.of(TableStore.MOVED, BucketFiles.NO_BUCKET))
            || !before.schema(table).equals(after.schema(table));
    return new TableChanges(
        table,
        before,
        after,
        isAnywhere ? all : new ArrayList<>(buckets),
        before.hasMoved(table) || after.hasMoved(table));
  }

  /**
   * The changes between two versions that still exist.
   *
   * @param before the older version; null for all rows of the newer one
   */
  static TableChanges between(Lake lake, String table, @Nullable LakeTable before, LakeTable after)
      throws IOException {
    TableStore none = Lake.store(lake.config(), RunId.next(), List.of(), 1);
    Set<Integer> changed = before == null ? Set.of() : after.changedSince(before);
    return of(table, before == null ? none : before.store(), after.store(), changed);
  }

  /** Hears of rows that differ. */
  public interface Receiver {

    /** The row is new, or other than before. */
    void upsert(LakeRows row) throws IOException;

    /** The row is other than before. */
    default void update(LakeRows before, LakeRows row) throws IOException {
      upsert(row);
    }

    /** The row, given as it was, is gone. */
    void delete(LakeRows row) throws IOException;
  }

  /** Tells the changes of a bucket, in the order of the keys. */
  public void read(int bucket, Receiver receiver) throws IOException {
    try (LakeRows old = isRekeyed() ? openRekeyed(bucket) : open(before, bucket);
        LakeRows now = open(after, bucket)) {
      boolean isComparable = before.schema(table).equals(after.schema(table));
      int[] compared = compared(after.schema(table));
      int[] oldKey = places(before);
      int[] nowKey = places(after);
      boolean hasOld = next(old, bucket);
      boolean hasNow = next(now, bucket);
      while (hasOld || hasNow) {
        int order = !hasOld ? 1 : !hasNow ? -1 : byKey(old.cursor(), now.cursor());
        if (order < 0) {
          receiver.delete(old);
        } else if (order > 0) {
          receiver.upsert(now);
        } else if (isOtherKey()
            || (!isComparable && !isSame(old.cursor(), now.cursor(), oldKey, nowKey))) {
          // The same row, but its key is written in another way from now on.
          receiver.delete(old);
          receiver.upsert(now);
        } else if (!isComparable || !isSame(old.cursor(), now.cursor(), compared, compared)) {
          receiver.update(old, now);
        }

        hasOld = order <= 0 ? next(old, bucket) : hasOld;
        hasNow = order >= 0 ? next(now, bucket) : hasNow;
      }
    }
  }

  /** Whether the older version has key columns, and others. */
  private boolean isOtherKey() {
    List<String> key = before.key(table);
    return !key.isEmpty() && !key.equals(after.key(table));
  }

  /** Whether rows of the older version lie in other buckets than those of the newer one. */
  boolean isRekeyed() {
    return isOtherKey() || before.hasOldKeys(table) != after.hasOldKeys(table);
  }

  private LakeRows openRekeyed(int bucket) throws IOException {
    return LakeRows.openBucket(
        before, table, after.key(table), before.schema(table), bucket, buckets());
  }

  private LakeRows open(TableStore store, int bucket) throws IOException {
    List<Integer> places = withMoved ? List.of(bucket, TableStore.MOVED) : List.of(bucket);
    return LakeRows.open(store, table, after.key(table), store.schema(table), places);
  }

  /** Moves to the next row of the bucket; those that others have in the moved one do not count. */
  private boolean next(LakeRows rows, int bucket) throws IOException {
    while (rows.next()) {
      RowCursor row = rows.cursor();
      if (!withMoved || KeyWriter.bucket(row.key(), 0, row.keyLength(), buckets()) == bucket) {
        return true;
      }
    }

    return false;
  }

  private int buckets() {
    return Objects.requireNonNull(after.buckets().get(table));
  }

  /** Columns in which a difference counts: not the place the row has in the log. */
  private static int[] compared(Schema schema) {
    List<Schema.Column> all = schema.columns();
    List<Schema.Column> sources = MergeBuckets.sourceColumns(schema).columns();
    return sources.stream().mapToInt(all::indexOf).toArray();
  }

  private static int byKey(RowCursor left, RowCursor right) {
    return Arrays.compareUnsigned(
        left.key(), 0, left.keyLength(), right.key(), 0, right.keyLength());
  }

  /** Places of the key columns among those of a version. */
  private int[] places(TableStore store) {
    List<String> columns = store.schema(table).columns().stream().map(Schema.Column::name).toList();
    return after.key(table).stream().mapToInt(columns::indexOf).toArray();
  }

  private static boolean isSame(
      RowCursor left, RowCursor right, int[] leftColumns, int[] rightColumns) {
    for (int i = 0; i < leftColumns.length; i++) {
      int ofLeft = leftColumns[i];
      int ofRight = rightColumns[i];
      boolean isSame =
          Arrays.equals(
              left.values(),
              left.start(ofLeft),
              left.start(ofLeft + 1),
              right.values(),
              right.start(ofRight),
              right.start(ofRight + 1));
      if (!isSame) {
        return false;
      }
    }

    return true;
  }

  /** What has become of the key and its types, for people; empty where nothing has. */
  public String keyChange() {
    List<String> changes = new ArrayList<>();
    if (isOtherKey()) {
      changes.add(
          "it was "
              + String.join("+", before.key(table))
              + " and is "
              + String.join("+", after.key(table)));
    }

    for (String column : after.key(table)) {
      Schema.Column old = before.schema(table).column(column);
      Schema.Column now = after.schema(table).column(column);
      if (old != null && now != null && !old.type().equals(now.type())) {
        changes.add(column + " was " + old.type() + " and is " + now.type());
      }
    }

    return String.join(", ", changes);
  }
}
