package org.anabranch.transforms.merge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.TableFacts;
import org.jspecify.annotations.Nullable;

/**
 * Keeps tables in the memory of this JVM, so that the tasks of an embedded runner share them. As in
 * a real store, only what a report lists becomes part of a table, when it is committed.
 */
public final class MemoryStore implements TableStore {

  private static final long serialVersionUID = 1;
  private static final Map<String, Change> CHANGES = new ConcurrentHashMap<>();
  private static final Map<String, Map<String, Table>> TABLES = new ConcurrentHashMap<>();

  private final String id;

  /**
   * @param id sets the tables of one test apart from those of the others
   */
  public MemoryStore(String id) {
    this.id = id;
  }

  /** A store without tables, whatever others there are. */
  public static MemoryStore empty() {
    return new MemoryStore(UUID.randomUUID().toString());
  }

  /** What was written of a bucket. */
  private record Change(
      List<Map<String, byte[]>> rows,
      Set<Long> deleted,
      boolean replaces,
      boolean replacesKept,
      List<byte[]> kept,
      @Nullable List<String> newKey) {}

  private static final class Table {

    private Schema schema = Schema.EMPTY;
    private List<String> key = List.of();
    private int buckets;
    private boolean hasOldKeys;
    private final Map<Integer, Bucket> contents = new TreeMap<>();
    private final Set<String> moved = new HashSet<>();

    Table copy() {
      Table copy = new Table();
      copy.schema = schema;
      copy.key = key;
      copy.buckets = buckets;
      copy.hasOldKeys = hasOldKeys;
      copy.moved.addAll(moved);
      contents.forEach(
          (number, bucket) -> {
            Bucket added = new Bucket();
            bucket.files.forEach(file -> added.files.add(new ArrayList<>(file)));
            added.kept.addAll(bucket.kept);
            copy.contents.put(number, added);
          });
      return copy;
    }
  }

  private static final class Bucket {

    private final List<List<@Nullable Map<String, byte[]>>> files = new ArrayList<>();
    private final List<byte[]> kept = new ArrayList<>();
  }

  /** The tables as they are now, whatever is committed later. */
  public MemoryStore snapshot() {
    MemoryStore copy = empty();
    Map<String, Table> tables = new TreeMap<>();
    TABLES.getOrDefault(id, Map.of()).forEach((name, table) -> tables.put(name, table.copy()));
    TABLES.put(copy.id, tables);
    return copy;
  }

  /** Makes what a run wrote part of the tables. */
  public void commit(RunReport report, int buckets) {
    for (TableReport written : report.tables()) {
      if (written.files().isEmpty()) {
        continue;
      }

      Table table =
          TABLES
              .computeIfAbsent(id, added -> new TreeMap<>())
              .computeIfAbsent(written.table(), added -> new Table());
      table.schema = table.schema.join(written.schema());
      table.key = TableReport.joinKeys(table.key, written.key());
      table.buckets = buckets;
      written.files().forEach(file -> apply(table, file));
    }
  }

  private static void apply(Table table, WrittenFile file) {
    Change change = Objects.requireNonNull(CHANGES.get(file.content()));
    Bucket bucket = table.contents.computeIfAbsent(file.bucket(), added -> new Bucket());
    if (change.newKey != null) {
      table.key = change.newKey;
      table.hasOldKeys = false;
      if (file.bucket() == MOVED) {
        table.moved.clear();
      }
    }

    if (change.replaces) {
      bucket.files.clear();
    }

    for (long address : change.deleted) {
      bucket.files.get((int) (address >> 40)).set((int) address, null);
    }

    if (!change.rows.isEmpty()) {
      bucket.files.add(new ArrayList<>(change.rows));
    }

    if (change.replacesKept) {
      bucket.kept.clear();
    }

    bucket.kept.addAll(change.kept);
    if (file.bucket() == MOVED) {
      for (byte[] batch : change.kept) {
        RowBatch.Reader records = new RowBatch.Reader(batch);
        while (records.next()) {
          table.moved.add(hex(records.key()));
        }
      }
    }
  }

  private static String hex(byte[] bytes) {
    return java.util.HexFormat.of().formatHex(bytes);
  }

  private @Nullable Table table(String name) {
    return TABLES.getOrDefault(id, Map.of()).get(name);
  }

  @Override
  public Schema schema(String name) {
    Table table = table(name);
    return table == null ? Schema.EMPTY : table.schema;
  }

  @Override
  public List<String> key(String name) {
    Table table = table(name);
    return table == null ? List.of() : table.key;
  }

  @Override
  public TableFacts facts(String table) {
    return TableFacts.NONE;
  }

  @Override
  public boolean isMoved(String name, byte[] key) {
    Table table = table(name);
    return table != null && table.moved.contains(hex(key));
  }

  @Override
  public boolean hasMoved(String name) {
    Table table = table(name);
    return table != null && !table.moved.isEmpty();
  }

  @Override
  public Map<String, Integer> buckets() {
    Map<String, Integer> buckets = new TreeMap<>();
    TABLES.getOrDefault(id, Map.of()).forEach((name, table) -> buckets.put(name, table.buckets));
    return buckets;
  }

  @Override
  public boolean hasOldKeys(String name) {
    Table table = table(name);
    return table != null && table.hasOldKeys;
  }

  /** Says that a table is by keys of the form before, so that the next run writes all of it. */
  public void setOldKeys(String name) {
    Table table = table(name);
    if (table != null) {
      table.hasOldKeys = true;
    }
  }

  @Override
  public int bucketsOfNewTables() {
    return 0;
  }

  @Override
  public StoredBucket open(String name, Schema schema, int bucket) {
    Table table = table(name);
    Bucket found = table == null ? null : table.contents.get(bucket);
    return new MemoryBucket(found == null ? new Bucket() : found);
  }

  @Override
  public StoredBucket reopen(String name, Schema schema, int bucket, List<WrittenFile> files) {
    Bucket written = new Bucket();
    for (WrittenFile file : files) {
      Change change = Objects.requireNonNull(CHANGES.get(file.content()));
      written.files.add(new ArrayList<>(change.rows));
      written.kept.addAll(change.kept);
    }

    return new MemoryBucket(written);
  }

  @Override
  public BucketWriter write(String table, Schema schema, int bucket) {
    return new MemoryWriter(table, schema, bucket);
  }

  /** Rows added to a table, file by file: decoded values by the name of the column. */
  public static List<Map<String, @Nullable Object>> rows(RunReport report, String table) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    files(report, table).forEach(rows::addAll);
    return rows;
  }

  /** The same, with a list for each file. */
  public static List<List<Map<String, @Nullable Object>>> files(RunReport report, String table) {
    TableReport found = report.table(table);
    return found == null
        ? List.of()
        : found.files().stream()
            .map(file -> Objects.requireNonNull(CHANGES.get(file.content())).rows())
            .filter(rows -> !rows.isEmpty())
            .map(rows -> rows.stream().map(MemoryStore::decoded).toList())
            .toList();
  }

  /** Live rows of a committed table. */
  public List<Map<String, @Nullable Object>> stored(String name) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    Table table = table(name);
    if (table == null) {
      return rows;
    }

    List<String> columns = table.schema.columns().stream().map(Schema.Column::name).toList();
    for (Bucket bucket : table.contents.values()) {
      for (List<@Nullable Map<String, byte[]>> file : bucket.files) {
        for (Map<String, byte[]> row : file) {
          if (row != null) {
            Map<String, @Nullable Object> decoded = decoded(row);
            columns.forEach(column -> decoded.putIfAbsent(column, null));
            rows.add(decoded);
          }
        }
      }
    }

    return rows;
  }

  private static Map<String, @Nullable Object> decoded(Map<String, byte[]> row) {
    Map<String, @Nullable Object> decoded = new LinkedHashMap<>();
    row.forEach((column, value) -> decoded.put(column, Values.read(new ByteReader(value))));
    return decoded;
  }

  private static final class MemoryBucket implements StoredBucket {

    private final Bucket bucket;

    MemoryBucket(Bucket bucket) {
      this.bucket = bucket;
    }

    @Override
    public long rows() {
      return bucket.files.stream()
          .mapToLong(file -> file.stream().filter(Objects::nonNull).count())
          .sum();
    }

    @Override
    public long deletedRows() {
      return bucket.files.stream()
          .mapToLong(file -> file.stream().filter(Objects::isNull).count())
          .sum();
    }

    @Override
    public int files() {
      return bucket.files.size();
    }

    @Override
    public boolean mustBeRewritten() {
      return false;
    }

    @Override
    public void kept(Consumer<byte[]> batches) {
      bucket.kept.forEach(batches);
    }

    @Override
    public RowCursor scan(List<String> key, List<String> columns) {
      return new MemoryCursor(rows(key, columns));
    }

    @Override
    public RowCursor sorted(List<String> key, List<String> columns) {
      List<MemoryRow> rows = rows(key, columns);
      rows.sort(Comparator.comparing(MemoryRow::key, java.util.Arrays::compareUnsigned));
      return new MemoryCursor(rows);
    }

    private List<MemoryRow> rows(List<String> key, List<String> columns) {
      List<MemoryRow> rows = new ArrayList<>();
      for (int file = 0; file < bucket.files.size(); file++) {
        List<@Nullable Map<String, byte[]>> all = bucket.files.get(file);
        for (int i = 0; i < all.size(); i++) {
          Map<String, byte[]> row = all.get(i);
          if (row != null) {
            rows.add(row(row, key, columns, (long) file << 40 | i));
          }
        }
      }

      return rows;
    }

    private static MemoryRow row(
        Map<String, byte[]> row, List<String> key, List<String> columns, long address) {
      KeyWriter keyWriter = new KeyWriter();
      key.forEach(column -> keyWriter.add(new ByteReader(Objects.requireNonNull(row.get(column)))));
      ByteWriter values = new ByteWriter(64);
      for (String column : columns) {
        byte[] value = row.getOrDefault(column, new byte[] {Values.NULL});
        values.write(value, 0, value.length);
      }

      return new MemoryRow(keyWriter.toByteArray(), address, values.toByteArray());
    }
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record MemoryRow(byte[] key, long address, byte[] values) {}

  private static final class MemoryCursor implements RowCursor {

    private final List<MemoryRow> rows;
    private int next;

    MemoryCursor(List<MemoryRow> rows) {
      this.rows = rows;
    }

    private MemoryRow row() {
      return rows.get(next - 1);
    }

    @Override
    public boolean next() {
      next++;
      return next <= rows.size();
    }

    @Override
    public byte[] key() {
      return row().key();
    }

    @Override
    public int keyLength() {
      return row().key().length;
    }

    @Override
    public long address() {
      return row().address();
    }

    @Override
    public byte[] values() {
      return row().values();
    }

    @Override
    public int offset() {
      return 0;
    }

    @Override
    public int length() {
      return row().values().length;
    }

    @Override
    public int start(int column) {
      ByteReader in = new ByteReader(values());
      for (int i = 0; i < column; i++) {
        Values.skip(in);
      }

      return in.position();
    }

    @Override
    public void close() {}
  }

  private static final class MemoryWriter implements BucketWriter {

    private final String table;
    private final Schema schema;
    private final int bucket;
    private final List<Map<String, byte[]>> rows = new ArrayList<>();
    private final Set<Long> deleted = new HashSet<>();
    private final List<byte[]> kept = new ArrayList<>();
    private boolean replaces;
    private boolean replacesKept;
    private @Nullable List<String> newKey;

    MemoryWriter(String table, Schema schema, int bucket) {
      this.table = table;
      this.schema = schema;
      this.bucket = bucket;
    }

    @Override
    public void add(RowSlices slices) {
      List<Schema.Column> columns = schema.columns();
      if (slices.size() != columns.size()) {
        throw new IllegalArgumentException(
            "a row of %s has %d columns, but was given %d"
                .formatted(table, columns.size(), slices.size()));
      }

      Map<String, byte[]> row = new LinkedHashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        row.put(columns.get(i).name(), value(slices, i));
      }

      rows.add(row);
    }

    private static byte[] value(RowSlices slices, int column) {
      byte[] buffer = slices.buffer(column);
      if (buffer == null) {
        return new byte[] {Values.NULL};
      }

      int offset = slices.offset(column);
      ByteReader reader = new ByteReader(new byte[0]);
      Values.skip(reader.reset(buffer, offset, buffer.length - offset));
      return java.util.Arrays.copyOfRange(buffer, offset, reader.position());
    }

    @Override
    public void delete(long address) {
      deleted.add(address);
    }

    @Override
    public void replace() {
      replaces = true;
    }

    @Override
    public void replaceKept() {
      replacesKept = true;
    }

    @Override
    public void rekey(List<String> key) {
      newKey = key;
    }

    @Override
    public void keep(byte[] batch) {
      kept.add(batch);
    }

    @Override
    public List<WrittenFile> close() {
      if (rows.isEmpty() && deleted.isEmpty() && !replaces && kept.isEmpty()) {
        return List.of();
      }

      String content = UUID.randomUUID().toString();
      CHANGES.put(content, new Change(rows, deleted, replaces, replacesKept, kept, newKey));
      return List.of(new WrittenFile(table, bucket, content, rows.size(), 100L * rows.size()));
    }

    @Override
    public void abandon() {}
  }
}
