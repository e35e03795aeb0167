package org.anabranch.transforms.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Values;
import org.anabranch.transforms.source.Generations;
import org.anabranch.transforms.source.TableFacts;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of a table that gets another key, as a merge sees it: as if the rows and records that
 * {@link Rekeying} gave to it had always been stored in it. All that is written replaces what is
 * stored of the bucket, and the rows given are held in memory.
 *
 * <p>Rows that have come to one key, and rows that a delete of their new key takes away, were not
 * merged with each other yet: they are changes of this run.
 */
final class RekeyedStore implements TableStore {

  private static final long serialVersionUID = 1;

  private final TableStore store;
  private final String table;
  private final List<String> key;
  private final transient Generations generations;
  private final transient List<Row> rows = new ArrayList<>();
  private final transient List<Row> history = new ArrayList<>();
  private final transient List<byte[]> kept = new ArrayList<>();
  private final transient List<byte[]> changes = new ArrayList<>();
  private final transient Map<String, Long> notes = new TreeMap<>();
  private final transient List<String> refusals = new ArrayList<>();

  /**
   * @param store in which the table has its old key
   * @param generations tells how often the numbers of a source have started again
   * @param batches changes of the run for the bucket, and what the table gives to it
   */
  RekeyedStore(
      TableStore store,
      String table,
      List<String> key,
      Generations generations,
      Iterable<byte[]> batches) {
    this.store = store;
    this.generations = generations;
    this.table = table;
    this.key = new ArrayList<>(key);
    for (byte[] batch : batches) {
      add(batch);
    }

    sort(rows);
    sort(history);
    takeOutUnmerged();
  }

  private void add(byte[] batch) {
    if (batch[0] < Rekeying.ROWS) {
      changes.add(batch);
      return;
    }

    byte[] content = Arrays.copyOfRange(batch, 1, batch.length);
    switch (batch[0]) {
      case Rekeying.ROWS -> addRows(content, rows);
      case Rekeying.HISTORY -> addRows(content, history);
      case Rekeying.KEPT -> kept.add(content);
      case Rekeying.MOVED -> changes.add(content);
      case Rekeying.REFUSAL -> refusals.add(new ByteReader(content).readString());
      default -> {
        ByteReader in = new ByteReader(content);
        long count = in.readVarint();
        notes.merge(in.readString(), count, Long::sum);
      }
    }
  }

  private static void addRows(byte[] batch, List<Row> rows) {
    RowBatch.Reader in = new RowBatch.Reader(batch);
    while (in.next()) {
      rows.add(
          new Row(
              in.key(), in.offset(), in.columns(), batch, in.payloadOffset(), in.payloadLength()));
    }
  }

  private static void sort(List<Row> rows) {
    rows.sort(
        (left, right) -> {
          int order = Arrays.compareUnsigned(left.key, right.key);
          return order == 0 ? Long.compare(left.number, right.number) : order;
        });
  }

  /** Whether a record came after the change that wrote a row. */
  private boolean isAfter(RowBatch.Reader record, @Nullable String written) {
    return written == null
        || generations
                .place(record.position(), record.timeMicros())
                .compareTo(
                    generations.place(Position.decode(written), Position.timeMicros(written)))
            > 0;
  }

  private void takeOutUnmerged() {
    List<Column> stored =
        TableOutput.currentSchema(TableOutput.sourceColumns(store.schema(table))).columns();
    String position = stored.get(stored.size() - 1).name();
    Map<ByteBuffer, Row> byKey = new HashMap<>();
    Set<ByteBuffer> unmerged = new HashSet<>();
    for (Row row : rows) {
      if (byKey.put(ByteBuffer.wrap(row.key), row) != null) {
        unmerged.add(ByteBuffer.wrap(row.key));
      }
    }

    for (byte[] batch : kept) {
      RowBatch.Reader in = new RowBatch.Reader(batch);
      while (in.next()) {
        Row row = RowBatch.hasImage(in.kind()) ? null : byKey.get(ByteBuffer.wrap(in.key()));
        if (row != null && isAfter(in, row.position(position))) {
          unmerged.add(ByteBuffer.wrap(row.key));
        }
      }
    }

    if (unmerged.isEmpty()) {
      return;
    }

    RowBatch.Writer again = new RowBatch.Writer(1024);
    List<String> columns = stored.subList(0, stored.size() - 1).stream().map(Column::name).toList();
    for (Row row : rows) {
      if (unmerged.contains(ByteBuffer.wrap(row.key))) {
        String written = row.position(position);
        Position at = written == null ? Position.BASE : Position.decode(written);
        long time = written == null ? 0 : Position.timeMicros(written);
        ByteBuffer values = ByteBuffer.wrap(row.values(columns).toByteArray());
        int kind = written == null ? RowBatch.BASE : RowBatch.IMAGE;
        again.add(RowBatch.change(kind, at, time, ByteBuffer.wrap(row.key), columns, values));
      }
    }

    rows.removeIf(row -> unmerged.contains(ByteBuffer.wrap(row.key)));
    changes.add(again.toByteArray());
  }

  /** Changes of the run, with those that come of the other key. */
  List<byte[]> changes() {
    return changes;
  }

  /** Why the table cannot get the key; none where it can. */
  List<String> refusals() {
    return refusals;
  }

  /** What people have to know. */
  Map<String, Long> notes() {
    return notes;
  }

  private boolean isOurs(String name) {
    return name.equals(table) || name.equals(table + MergeConfig.HISTORY_SUFFIX);
  }

  @Override
  public Schema schema(String name) {
    return store.schema(name);
  }

  @Override
  public List<String> key(String name) {
    return isOurs(name) ? key : store.key(name);
  }

  @Override
  public TableFacts facts(String name) {
    return store.facts(name);
  }

  @Override
  public boolean hasOldKeys(String name) {
    return !isOurs(name) && store.hasOldKeys(name);
  }

  @Override
  public boolean isMoved(String name, byte[] encoded) {
    return !isOurs(name) && store.isMoved(name, encoded);
  }

  @Override
  public Map<String, Integer> buckets() {
    return store.buckets();
  }

  @Override
  public int bucketsOfNewTables() {
    return store.bucketsOfNewTables();
  }

  @Override
  public boolean hasMoved(String name) {
    return !isOurs(name) && store.hasMoved(name);
  }

  @Override
  public StoredBucket open(String name, Schema schema, int bucket) throws IOException {
    if (!isOurs(name)) {
      return store.open(name, schema, bucket);
    }

    return name.equals(table) ? new Bucket(rows, kept) : new Bucket(history, List.of());
  }

  @Override
  public StoredBucket reopen(String name, Schema schema, int bucket, List<WrittenFile> files)
      throws IOException {
    return store.reopen(name, schema, bucket, files);
  }

  @Override
  public BucketWriter write(String name, Schema schema, int bucket) throws IOException {
    BucketWriter writer = store.write(name, schema, bucket);
    if (isOurs(name)) {
      writer.replace();
      writer.replaceKept();
      writer.rekey(key);
    }

    if (name.equals(table)) {
      for (byte[] batch : kept) {
        writer.keep(batch);
      }
    }

    return writer;
  }

  /** A row that was given to the bucket. */
  private static final class Row {

    private final byte[] key;
    private final long number;
    private final List<String> columns;
    private final byte[] buffer;
    private final int offset;
    private final int length;

    Row(byte[] key, long number, List<String> columns, byte[] buffer, int offset, int length) {
      this.key = key;
      this.number = number;
      this.columns = columns;
      this.buffer = buffer;
      this.offset = offset;
      this.length = length;
    }

    private Map<String, byte[]> byColumn() {
      Map<String, byte[]> values = new HashMap<>();
      ByteReader in = new ByteReader(buffer).reset(buffer, offset, length);
      for (String column : columns) {
        int start = in.position();
        Values.skip(in);
        values.put(column, Arrays.copyOfRange(buffer, start, in.position()));
      }

      return values;
    }

    /** The values of some columns one after the other; null where the row has none. */
    ByteWriter values(List<String> wanted) {
      Map<String, byte[]> values = byColumn();
      ByteWriter out = new ByteWriter(length);
      for (String column : wanted) {
        byte[] value = values.get(column);
        if (value == null) {
          out.writeByte(Values.NULL);
        } else {
          out.write(value, 0, value.length);
        }
      }

      return out;
    }

    /** Text of the position; null for a row of a base. */
    @Nullable String position(String column) {
      return StoredSheet.positionText(new ByteReader(values(List.of(column)).toByteArray()));
    }
  }

  private static final class Bucket implements StoredBucket {

    private final List<Row> rows;
    private final List<byte[]> kept;

    Bucket(List<Row> rows, List<byte[]> kept) {
      this.rows = rows;
      this.kept = kept;
    }

    @Override
    public long rows() {
      return rows.size();
    }

    @Override
    public long deletedRows() {
      return 0;
    }

    /** Those that are replaced, of which there is no need to know how many there are. */
    @Override
    public int files() {
      return 1;
    }

    @Override
    public boolean mustBeRewritten() {
      return true;
    }

    @Override
    public void kept(Consumer<byte[]> batches) {
      kept.forEach(batches);
    }

    @Override
    public RowCursor scan(List<String> key, List<String> columns) {
      return new Cursor(rows, columns);
    }

    @Override
    public RowCursor sorted(List<String> key, List<String> columns) {
      return new Cursor(rows, columns);
    }
  }

  private static final class Cursor implements RowCursor {

    private final List<Row> rows;
    private final List<String> columns;
    private final int[] starts;
    private final ByteReader reader = new ByteReader(new byte[0]);
    private int at = -1;
    private @Nullable ByteWriter values;

    Cursor(List<Row> rows, List<String> columns) {
      this.rows = rows;
      this.columns = columns;
      starts = new int[columns.size() + 1];
    }

    @Override
    public boolean next() {
      at++;
      if (at >= rows.size()) {
        return false;
      }

      ByteWriter row = rows.get(at).values(columns);
      reader.reset(row.buffer(), 0, row.size());
      for (int column = 0; column < columns.size(); column++) {
        starts[column] = reader.position();
        Values.skip(reader);
      }

      starts[columns.size()] = reader.position();
      values = row;
      return true;
    }

    @Override
    public byte[] key() {
      return rows.get(at).key;
    }

    @Override
    public int keyLength() {
      return rows.get(at).key.length;
    }

    @Override
    public long address() {
      return at;
    }

    @Override
    public byte[] values() {
      return Objects.requireNonNull(values).buffer();
    }

    @Override
    public int offset() {
      return 0;
    }

    @Override
    public int length() {
      return starts[columns.size()];
    }

    @Override
    public int start(int column) {
      return starts[column];
    }

    @Override
    public void close() {}
  }
}
