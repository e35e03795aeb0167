package org.anabranch.transforms.parse;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.model.ByteReader;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.report.DeadLetterSample;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.LogTracker;
import org.anabranch.transforms.source.TableFacts;
import org.jspecify.annotations.Nullable;

/** Changes of one table on their way out of a bundle: one batch per bucket, and what was seen. */
final class TableBatches {

  private static final int FULL_BYTES = 64 << 10;
  private static final int FIRST_BYTES = 256;

  /** Where names are data, each record has a shape of its own. */
  private static final int MAX_SHAPES = 1_000;

  /** Places key columns that no image has behind all others. */
  private static final int KEY_ORDINAL = 1 << 20;

  /** A record states few facts: one of each kind. */
  private static final int RECENT_FACTS = 4;

  private final String table;
  private final RowBatch.@Nullable Writer[] writers;
  private final ChangeCollector.Receiver receiver;
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, DeadLetterSample> samples = new TreeMap<>();
  private final Map<String, Long> leftOut = new TreeMap<>();
  private final SortedMap<String, SortedSet<String>> facts = new TreeMap<>();
  private final @Nullable String[] recentFacts = new @Nullable String[RECENT_FACTS];
  private int nextFact;
  private final Map<Columns, SeenTypes> shapes = new HashMap<>();
  private Schema columnsBefore = Schema.EMPTY;
  private int mostShapes = MAX_SHAPES;
  private final ByteReader values = new ByteReader(new byte[0]);
  private @Nullable SeenTypes lastShape;
  private final Set<String> keysSeen = new TreeSet<>();
  private List<String> keyColumns = List.of();
  private final LogTracker tracker = new LogTracker();
  private final SourceClocks clocks;
  private long logMicros;

  private long read;
  private long merged;
  private long deleted;

  /**
   * @param nowMicros when the run began
   */
  TableBatches(String table, int buckets, long nowMicros, ChangeCollector.Receiver receiver) {
    clocks = new SourceClocks(nowMicros);
    this.table = table;
    this.writers = new RowBatch.@Nullable Writer[buckets];
    this.receiver = receiver;
  }

  void image(Position position, long timeMicros, RowImage image) {
    KeyWriter key = image.key();
    List<String> columns = image.columns();
    byte[] row = image.values().array();
    int offset = image.offset();
    int length = image.length();
    boolean hasHoles = shape(columns, image.types()).see(values.reset(row, offset, length));
    int bucket = key.bucket(writers.length);
    RowBatch.Writer writer = writer(bucket);
    if (hasHoles) {
      writer.imageWithHoles(position, timeMicros, key, columns, row, offset, length);
    } else {
      writer.image(position, timeMicros, key, columns, row, offset, length);
    }

    track(position, timeMicros);
    countMerged();
    flushIfFull(bucket, writer);
  }

  void base(RowImage image) {
    byte[] row = image.values().array();
    shape(image.columns(), image.types()).see(values.reset(row, image.offset(), image.length()));
    int bucket = image.key().bucket(writers.length);
    RowBatch.Writer writer = writer(bucket);
    writer.base(image.key(), image.columns(), row, image.offset(), image.length());
    countMerged();
    flushIfFull(bucket, writer);
  }

  void delete(Position position, long timeMicros, KeyWriter key) {
    int bucket = key.bucket(writers.length);
    RowBatch.Writer writer = writer(bucket);
    writer.delete(position, timeMicros, key);
    track(position, timeMicros);
    countMerged();
    deleted++;
    flushIfFull(bucket, writer);
  }

  void move(Position position, long timeMicros, KeyWriter key) {
    int bucket = key.bucket(writers.length);
    RowBatch.Writer writer = writer(bucket);
    writer.move(position, timeMicros, key);
    track(position, timeMicros);
    countMerged();
    deleted++;
    flushIfFull(bucket, writer);
  }

  void truncate(Position position, long timeMicros) {
    for (int bucket = 0; bucket < writers.length; bucket++) {
      writer(bucket).truncate(position, timeMicros);
    }

    track(position, timeMicros);
    countMerged();
    deleted++;
  }

  /** Counts, by column, changes of which a column is not stored. */
  void leftOut(List<String> columns) {
    columns.forEach(column -> leftOut.merge(column, 1L, Long::sum));
  }

  /** Whose numbers the position of the change just added has. */
  void server(String server) {
    tracker.server(server);
  }

  /** Notes what a record says of the table; nothing to do for the same value object again. */
  @SuppressWarnings({"ReferenceEquality", "StringEquality"})
  void fact(String kind, String value) {
    for (String recent : recentFacts) {
      if (recent == value) {
        return;
      }
    }

    recentFacts[nextFact] = value;
    nextFact = (nextFact + 1) % RECENT_FACTS;
    SortedSet<String> values = facts.computeIfAbsent(kind, added -> new TreeSet<>());
    values.add(value);
    if (values.size() > TableFacts.MAX_VALUES) {
      values.remove(values.last());
    }
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

  /** Time that the log has for the records that follow; 0 where it has none. */
  void loggedAt(long micros) {
    logMicros = micros;
  }

  private void track(Position position, long timeMicros) {
    tracker.add(position, timeMicros);
    clocks.see(position.source(), timeMicros, logMicros);
  }

  /** Counts a record that could not be processed. */
  void dead(DeadLetterReason reason, String log, long partition, long offset, String detail) {
    count(TableReport.DEAD);
    counts.merge(TableReport.DEAD_OF + reason.code(), 1L, Long::sum);
    DeadLetterSample known = samples.get(reason.code());
    boolean isBehind =
        known != null
            && known.log().equals(log)
            && known.partition() == partition
            && known.offset() < offset;
    if (!isBehind) {
      samples.merge(
          reason.code(),
          new DeadLetterSample(log, partition, offset, detail),
          DeadLetterSample::join);
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

    if (shapes.size() >= mostShapes) {
      columnsBefore = schemaOfImages();
      shapes.clear();
      mostShapes = Math.max(MAX_SHAPES, columnsBefore.columns().size());
    }

    SeenTypes shape =
        shapes.computeIfAbsent(
            new Columns(columns, types), added -> new SeenTypes(added.columns, added.types));
    lastShape = shape;
    return shape;
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
    TableFacts told = new TableFacts(facts, tracker.finish(), Collections.emptySortedSet());
    return new TableReport(
        table, keyColumns, schema(), List.of(), all, clocks.places(), told, samples);
  }

  private Schema schema() {
    List<Schema.Column> columns = new ArrayList<>();
    keysSeen.forEach(name -> columns.add(new Schema.Column(name, Type.NULL, KEY_ORDINAL)));
    return schemaOfImages().join(Schema.of(columns));
  }

  private Schema schemaOfImages() {
    List<Schema.Column> columns = new ArrayList<>(columnsBefore.columns());
    for (SeenTypes shape : shapes.values()) {
      for (int i = 0; i < shape.columns().size(); i++) {
        columns.add(new Schema.Column(shape.columns().get(i), shape.type(i), i));
      }
    }

    return Schema.of(columns);
  }

  /** The columns of an image, which are the same object for images of the same shape. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Columns(List<String> columns, @Nullable Type @Nullable [] types) {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Columns that && columns == that.columns && types == that.types;
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(columns) + System.identityHashCode(types);
    }
  }
}
