package org.anabranch.transforms.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.model.ByteReader;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

/** Changes of one table on their way out of a bundle: one batch per bucket, and what was seen. */
final class TableBatches {

  private static final int FULL_BYTES = 64 << 10;
  private static final int FIRST_BYTES = 256;

  /** Places key columns that no image has behind all others. */
  private static final int KEY_ORDINAL = 1 << 20;

  private final String table;
  private final RowBatch.@Nullable Writer[] writers;
  private final ChangeCollector.Receiver receiver;
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, Long> leftOut = new TreeMap<>();
  private final List<SeenTypes> shapes = new ArrayList<>();
  private final ByteReader values = new ByteReader(new byte[0]);
  private @Nullable SeenTypes lastShape;
  private final Set<String> keysSeen = new TreeSet<>();
  private List<String> keyColumns = List.of();

  private long read;
  private long merged;
  private long deleted;

  TableBatches(String table, int buckets, ChangeCollector.Receiver receiver) {
    this.table = table;
    this.writers = new RowBatch.@Nullable Writer[buckets];
    this.receiver = receiver;
  }

  void image(
      Position position,
      long timeMicros,
      KeyWriter key,
      List<String> columns,
      @Nullable Type @Nullable [] types,
      byte[] row,
      int offset,
      int length) {
    boolean hasHoles = shape(columns, types).see(values.reset(row, offset, length));
    int bucket = key.bucket(writers.length);
    RowBatch.Writer writer = writer(bucket);
    if (hasHoles) {
      writer.imageWithHoles(position, timeMicros, key, columns, row, offset, length);
    } else {
      writer.image(position, timeMicros, key, columns, row, offset, length);
    }

    countMerged();
    flushIfFull(bucket, writer);
  }

  void base(
      KeyWriter key,
      List<String> columns,
      @Nullable Type @Nullable [] types,
      byte[] row,
      int offset,
      int length) {
    shape(columns, types).see(values.reset(row, offset, length));
    int bucket = key.bucket(writers.length);
    RowBatch.Writer writer = writer(bucket);
    writer.base(key, columns, row, offset, length);
    countMerged();
    flushIfFull(bucket, writer);
  }

  void delete(Position position, long timeMicros, KeyWriter key) {
    int bucket = key.bucket(writers.length);
    RowBatch.Writer writer = writer(bucket);
    writer.delete(position, timeMicros, key);
    countMerged();
    deleted++;
    flushIfFull(bucket, writer);
  }

  void move(Position position, long timeMicros, KeyWriter key) {
    int bucket = key.bucket(writers.length);
    RowBatch.Writer writer = writer(bucket);
    writer.move(position, timeMicros, key);
    countMerged();
    deleted++;
    flushIfFull(bucket, writer);
  }

  void truncate(Position position, long timeMicros) {
    for (int bucket = 0; bucket < writers.length; bucket++) {
      writer(bucket).truncate(position, timeMicros);
    }

    countMerged();
    deleted++;
  }

  /** Counts, by column, changes of which a column is not stored. */
  void leftOut(List<String> columns) {
    columns.forEach(column -> leftOut.merge(column, 1L, Long::sum));
  }

  /** Counts what there is to tell of a change. */
  void noted(String note) {
    counts.merge(TableReport.NOTE + note, 1L, Long::sum);
  }

  /** Not a change of its own: asks the bucket of the old key for what the new key needs. */
  void carry(Position position, long timeMicros, byte[] oldKey, byte[] newKey) {
    int bucket = KeyWriter.bucket(oldKey, 0, oldKey.length, writers.length);
    RowBatch.Writer writer = writer(bucket);
    writer.carry(position, timeMicros, oldKey, newKey);
    flushIfFull(bucket, writer);
  }

  void keyColumns(List<String> columns) {
    if (!keyColumns.equals(columns) && keysSeen.addAll(columns)) {
      keyColumns = TableReport.joinKeys(keyColumns, columns);
    }
  }

  /** Counts a record that was read but is no change. */
  void count(String what) {
    read++;
    counts.merge(what, 1L, Long::sum);
  }

  private void countMerged() {
    read++;
    merged++;
  }

  private SeenTypes shape(List<String> columns, @Nullable Type @Nullable [] types) {
    SeenTypes last = lastShape;
    if (last != null && last.isOf(columns, types)) {
      return last;
    }

    for (SeenTypes shape : shapes) {
      if (shape.isOf(columns, types)) {
        lastShape = shape;
        return shape;
      }
    }

    SeenTypes added = new SeenTypes(columns, types);
    shapes.add(added);
    lastShape = added;
    return added;
  }

  private RowBatch.Writer writer(int bucket) {
    RowBatch.Writer writer = writers[bucket];
    if (writer == null) {
      writer = new RowBatch.Writer(FIRST_BYTES);
      writers[bucket] = writer;
    }

    return writer;
  }

  private void flushIfFull(int bucket, RowBatch.Writer writer) {
    if (writer.size() >= FULL_BYTES) {
      flush(bucket, writer);
    }
  }

  private void flush(int bucket, RowBatch.Writer writer) {
    receiver.accept(new TableBucket(table, bucket), writer.toByteArray());
    writer.clear();
  }

  /** Hands over what is left and tells what was seen. */
  TableReport finish() {
    for (int bucket = 0; bucket < writers.length; bucket++) {
      RowBatch.Writer writer = writers[bucket];
      if (writer != null && !writer.isEmpty()) {
        flush(bucket, writer);
      }
    }

    Map<String, Long> all = new TreeMap<>(counts);
    leftOut.forEach(
        (column, count) ->
            all.put(
                TableReport.NOTE
                    + "`"
                    + column
                    + "` is not a column of the stored table, whose schema stays: left out",
                count));
    all.put(TableReport.READ, read);
    all.put(TableReport.MERGED, merged);
    all.put(TableReport.DELETED, deleted);
    return new TableReport(table, keyColumns, schema(), List.of(), all);
  }

  private Schema schema() {
    List<Schema.Column> columns = new ArrayList<>();
    keysSeen.forEach(name -> columns.add(new Schema.Column(name, Type.NULL, KEY_ORDINAL)));

    for (SeenTypes shape : shapes) {
      for (int i = 0; i < shape.columns().size(); i++) {
        columns.add(new Schema.Column(shape.columns().get(i), shape.type(i), i));
      }
    }

    return Schema.of(columns);
  }
}
