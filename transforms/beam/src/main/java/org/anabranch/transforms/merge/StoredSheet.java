package org.anabranch.transforms.merge;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

/**
 * One bucket of one stored table on its way from what was stored to what becomes of it. Either the
 * bucket is rewritten (stored rows are copied, but for those of changed keys), or only changed rows
 * are deleted and added; {@link RewriteRule} decides by cost, and the rows are the same either way.
 */
final class StoredSheet implements Closeable {

  private static final int KEEP_BYTES = 64 << 10;

  private final TableStore store;
  private final String table;
  private final int bucket;
  private final List<String> key;
  private final Schema schema;
  private final List<String> names;
  private final RowSlices row;
  private final StoredBucket stored;
  private final boolean isRewritten;
  private final KeyCheck check;
  private final StoredComparison comparison;
  private final Map<Integer, Set<Long>> addresses = new HashMap<>();
  private final Set<Long> deleted = new HashSet<>();
  private final RowBatch.Writer keeping = new RowBatch.Writer(1024);
  private final List<byte[]> kept = new ArrayList<>();
  private @Nullable BucketWriter writer;
  private @Nullable RowCursor cursor;
  private boolean isAtRow;
  private long added;
  private boolean isChanged;

  /**
   * @param config store and rule
   * @param key columns of the table's key
   * @param buckets of the table
   * @param changedKeys number of keys that may change
   */
  StoredSheet(
      MergeConfig config,
      String table,
      int bucket,
      List<String> key,
      Schema schema,
      int buckets,
      long changedKeys)
      throws IOException {
    store = config.store();
    this.table = table;
    this.bucket = bucket;
    this.key = key;
    this.schema = schema;
    names = schema.columns().stream().map(Column::name).toList();
    row = new RowSlices(names.size());
    stored = store.open(table, schema, bucket);
    isRewritten = bucket == TableStore.MOVED || config.rule().rewrites(stored, changedKeys);
    check = new KeyCheck(table, names, key, bucket, buckets);
    comparison = new StoredComparison(stored, key, names);
    isChanged = stored.mustBeRewritten() || bucket == TableStore.MOVED;
  }

  StoredBucket stored() {
    return stored;
  }

  List<String> names() {
    return names;
  }

  /** Slices to fill for the next row that is added. */
  RowSlices row() {
    return row;
  }

  boolean isRewritten() {
    return isRewritten;
  }

  /** Whether there are stored rows to copy or to look up. */
  boolean hasStoredRows() {
    return bucket != TableStore.MOVED && stored.rows() > 0;
  }

  /** Rows added so far. */
  long added() {
    return added;
  }

  /** Adds what {@link #row} holds; it is new. */
  void add() throws IOException {
    isChanged = true;
    added++;
    check.check(row);
    if (bucket == TableStore.MOVED) {
      comparison.add(row);
    }

    writer().add(row);
  }

  private BucketWriter writer() throws IOException {
    BucketWriter open = writer;
    if (open == null) {
      open = store.write(table, schema, bucket);
      writer = open;
    }

    return open;
  }

  /** The stored rows in order, at the first one; only where the bucket is rewritten. */
  RowCursor openSorted() throws IOException {
    RowCursor open = cursor;
    if (open == null) {
      open = stored.sorted(key, names);
      cursor = open;
      isAtRow = open.next();
    }

    return open;
  }

  boolean isAtRow() {
    return isAtRow;
  }

  void nextRow() throws IOException {
    isAtRow = openSorted().next();
  }

  /** Fills {@link #row} from the stored row the cursor is at. */
  void fillFromStored() throws IOException {
    RowCursor open = openSorted();
    for (int column = 0; column < names.size(); column++) {
      row.set(column, open.values(), open.start(column));
    }
  }

  /** Adds the stored row that {@link #row} was filled from. */
  void copyStored() throws IOException {
    check.check(row);
    writer().add(row);
  }

  /** The stored row the cursor is at is not copied. */
  void dropStored() {
    isChanged = true;
  }

  /** Remembers where a row of a key is stored. */
  void remember(int keyNumber, long address) {
    addresses.computeIfAbsent(keyNumber, added -> new HashSet<>(2)).add(address);
  }

  /** Deletes the remembered rows of a key. */
  void deleteRemembered(int keyNumber) throws IOException {
    for (long address : addresses.getOrDefault(keyNumber, Set.of())) {
      delete(address);
    }
  }

  /** Deletes a stored row of a bucket that is not rewritten. */
  void delete(long address) throws IOException {
    isChanged = true;
    if (deleted.add(address)) {
      writer().delete(address);
    }
  }

  boolean isDeleted(long address) {
    return deleted.contains(address);
  }

  /** Copies the rows before a key and drops those of the key; deletes them where it is patched. */
  void drop(byte[] keyBytes, int keyNumber) throws IOException {
    if (!isRewritten) {
      deleteRemembered(keyNumber);
      return;
    }

    if (!hasStoredRows()) {
      return;
    }

    RowCursor open = openSorted();
    while (isAtRow) {
      int order =
          Arrays.compareUnsigned(open.key(), 0, open.keyLength(), keyBytes, 0, keyBytes.length);
      if (order > 0) {
        return;
      }

      if (order < 0) {
        fillFromStored();
        copyStored();
      } else {
        dropStored();
      }

      nextRow();
    }
  }

  /** Copies what is left of a bucket that is rewritten. */
  void copyRest() throws IOException {
    if (!isRewritten || !hasStoredRows()) {
      return;
    }

    openSorted();
    while (isAtRow) {
      fillFromStored();
      copyStored();
      nextRow();
    }
  }

  /** Keeps a version beside the rows. */
  void keep(Versions versions, int first, int version) throws IOException {
    versions.copy(first, version, keeping);
    if (keeping.size() >= KEEP_BYTES) {
      flushKept();
    }
  }

  private void flushKept() {
    if (!keeping.isEmpty()) {
      kept.add(keeping.toByteArray());
      keeping.clear();
    }
  }

  /** Completes the files and tells what was written. */
  TableReport finish(Map<String, Long> remarks) throws IOException {
    Map<String, Long> counts = new TreeMap<>(remarks);
    flushKept();
    BucketWriter copies = writer;
    if (bucket == TableStore.MOVED && !stored.mustBeRewritten() && comparison.isSame()) {
      isChanged = false;
    }

    close();

    if (!isChanged && copies != null) {
      copies.abandon();
      writer = null;
    }

    if (isChanged && isRewritten && stored.files() > 0) {
      writer().replace();
    }

    for (byte[] batch : kept) {
      writer().keep(batch);
    }

    BucketWriter complete = writer;
    List<WrittenFile> files = complete == null ? List.of() : complete.close();
    if (files.isEmpty()) {
      return new TableReport(table, List.of(), Schema.EMPTY, List.of(), counts);
    }

    long rows = files.stream().mapToLong(WrittenFile::rows).sum();
    if (rows > 0) {
      counts.put(TableReport.WRITTEN, rows);
    }

    return new TableReport(table, List.of(), schema, files, counts);
  }

  @Override
  public void close() throws IOException {
    comparison.close();
    RowCursor open = cursor;
    cursor = null;
    if (open != null) {
      open.close();
    }
  }

  /** Text of a position, see {@link Position#encode}; null for a row of a base. */
  static @Nullable String positionText(ByteReader in) {
    return (String) Values.read(in);
  }
}
