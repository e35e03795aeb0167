package org.anabranch.transforms.merge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.Pending.Span;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

/**
 * Takes the finished rows of one bucket of one table to its stored sheets and projections and
 * counts them.
 */
final class TableOutput {

  /**
   * Column of every table: position of the change that wrote the row last; null for base rows. As
   * of our other columns, the name has {@code _ab_} before it where the source has such a column.
   */
  static final String POSITION = "_ab_position";

  private static final int BATCH_BYTES = 64 << 10;

  /** Places the columns that are ours behind all others. */
  private static final int METADATA_ORDINAL = 1 << 24;

  private final List<Column> columns;
  private final Set<String> key;
  private final BiConsumer<TableBucket, byte[]> projected;
  private final StoredSheet current;
  private final @Nullable StoredSheet history;
  private final ByteWriter scratch = new ByteWriter(256);
  private final List<Projector> projectors = new ArrayList<>();
  private final Map<String, Long> notes = new TreeMap<>();

  /**
   * @param key columns of the table's key
   * @param schema of the table's source columns
   * @param changedKeys number of keys that may change
   */
  TableOutput(
      MergeConfig config,
      TableBucket bucket,
      List<String> key,
      Schema schema,
      long changedKeys,
      BiConsumer<TableBucket, byte[]> projected)
      throws IOException {
    this.projected = projected;
    columns = schema.columns();
    this.key = Set.copyOf(key);
    String table = bucket.table();
    int buckets = config.buckets(table);
    current =
        new StoredSheet(
            config, table, bucket.bucket(), key, currentSchema(schema), buckets, changedKeys);
    history =
        config.histories().contains(table)
            ? new StoredSheet(
                config,
                table + MergeConfig.HISTORY_SUFFIX,
                bucket.bucket(),
                key,
                historySchema(schema),
                buckets,
                changedKeys)
            : null;
    for (Projection projection : config.projections()) {
      if (projection.table().equals(table)) {
        projectors.add(new Projector(projection));
      }
    }
  }

  /** Columns of the source in the schema of a stored table. */
  static Schema sourceColumns(Schema stored) {
    return Schema.of(
        stored.columns().stream().filter(column -> column.ordinal() < METADATA_ORDINAL).toList());
  }

  /** Schema of the stored table: the columns of the source and the position. */
  static Schema currentSchema(Schema schema) {
    return schema.join(
        Schema.of(List.of(new Column(free(schema, POSITION), Type.STRING, METADATA_ORDINAL + 3))));
  }

  /** Schema of the stored history. A column of the source that has one of its names stays. */
  static Schema historySchema(Schema schema) {
    int next = METADATA_ORDINAL;
    return currentSchema(schema)
        .join(
            Schema.of(
                List.of(
                    new Column(free(schema, "valid_from"), Type.TIMESTAMPTZ, next),
                    new Column(free(schema, "valid_to"), Type.TIMESTAMPTZ, next + 1),
                    new Column(free(schema, "is_current"), Type.BOOLEAN, next + 2))));
  }

  static boolean isHistory(Schema stored) {
    return stored.columns().stream().anyMatch(column -> column.ordinal() == METADATA_ORDINAL);
  }

  private static String free(Schema schema, String name) {
    return schema.column(name) == null ? name : free(schema, "_ab_" + name);
  }

  /** Columns of the source in the order in which the slices of a row are set. */
  List<Column> columns() {
    return columns;
  }

  /**
   * Whether a column is of the key. Its values are the same in all versions of a row, but not
   * always of the same type.
   */
  boolean isOfKey(String column) {
    return key.contains(column);
  }

  /** The table's current rows; its last column is the position. */
  StoredSheet current() {
    return current;
  }

  @Nullable StoredSheet history() {
    return history;
  }

  boolean hasHistory() {
    return history != null;
  }

  boolean isProjected() {
    return !projectors.isEmpty();
  }

  /** Slices to fill for the next current row. */
  RowSlices currentRow() {
    return current.row();
  }

  /** Slices to fill for the next history row. */
  RowSlices historyRow() {
    return Objects.requireNonNull(history).row();
  }

  void note(String text, long count) {
    notes.merge(TableReport.NOTE + text, count, Long::sum);
  }

  /** Counts merged changes that did nothing. */
  void countDuplicates(long count) {
    if (count > 0) {
      notes.merge(TableReport.DUPLICATES, count, Long::sum);
    }
  }

  /**
   * Counts what became of a row.
   *
   * @param wasThere whether it was stored
   * @param isGone whether the stored one went
   * @param isAdded whether one was written
   */
  void countRow(boolean wasThere, boolean isGone, boolean isAdded) {
    String what =
        !wasThere
            ? isAdded ? TableReport.INSERTED : ""
            : !isGone ? TableReport.UNCHANGED : isAdded ? TableReport.UPDATED : TableReport.REMOVED;
    if (!what.isEmpty()) {
      notes.merge(what, 1L, Long::sum);
    }
  }

  /** Counts rows of which only their number is known, before and after. */
  void countRows(long before, long after) {
    if (before != after) {
      notes.merge(
          after > before ? TableReport.INSERTED : TableReport.REMOVED,
          Math.abs(after - before),
          Long::sum);
    }
  }

  /** Counts a row that was changed by two sources. */
  void countConflict() {
    notes.merge(TableReport.CONFLICTS, 1L, Long::sum);
  }

  /**
   * Writes what {@link #currentRow} holds.
   *
   * @param timeMicros of the change at the position; 0 where it is not known
   */
  void writeCurrent(Position position, long timeMicros) throws IOException {
    project(current.row());
    scratch.clear();
    setPosition(current, columns.size(), position, position.encode(timeMicros));
    current.add();
  }

  /** Copies the stored row that {@link #currentRow} was filled from. */
  void copyCurrent() throws IOException {
    project(current.row());
    current.copyStored();
  }

  private void project(RowSlices row) {
    for (Projector projector : projectors) {
      projector.add(row);
    }
  }

  /** Writes what {@link #historyRow} holds. */
  void writeHistory(Position position, Span span) throws IOException {
    StoredSheet sheet = Objects.requireNonNull(history);
    scratch.clear();
    int next = columns.size();
    setTime(sheet, next, span.from());
    setTime(sheet, next + 1, span.to());
    int at = scratch.size();
    Values.writeBoolean(scratch, span.to() == null);
    sheet.row().set(next + 2, scratch.buffer(), at);
    setPosition(sheet, next + 3, position, position.toString());
    sheet.add();
  }

  private void setTime(StoredSheet sheet, int column, @Nullable Long micros) {
    int at = scratch.size();
    scratch.ensure(16);
    if (micros == null) {
      scratch.writeByte(Values.NULL);
    } else {
      Values.writeTemporal(scratch, Values.TIMESTAMPTZ, micros);
    }

    sheet.row().set(column, scratch.buffer(), at);
  }

  /** The text of a current row has all that is needed to merge more changes into it. */
  private void setPosition(StoredSheet sheet, int column, Position position, String text) {
    if (position.equals(Position.BASE)) {
      sheet.row().set(column, null, 0);
      return;
    }

    int at = scratch.size();
    Values.writeString(scratch, text);
    sheet.row().set(column, scratch.buffer(), at);
  }

  /** Projects the stored rows that stay, where the bucket was not rewritten. */
  void projectStored(List<String> key) throws IOException {
    if (projectors.isEmpty() || current.isRewritten() || !current.hasStoredRows()) {
      return;
    }

    Set<String> wanted = new LinkedHashSet<>();
    projectors.forEach(projector -> wanted.addAll(projector.projection.columns()));
    List<String> names = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (wanted.contains(columns.get(i).name())) {
        names.add(columns.get(i).name());
        places.add(i);
      }
    }

    RowSlices row = new RowSlices(columns.size());
    try (RowCursor rows = current.stored().scan(key, names)) {
      while (rows.next()) {
        if (current.isDeleted(rows.address())) {
          continue;
        }

        for (int i = 0; i < names.size(); i++) {
          row.set(places.get(i), rows.values(), rows.start(i));
        }

        project(row);
      }
    }
  }

  /** Completes files and projections. */
  RunReport finish() throws IOException {
    List<TableReport> reports = new ArrayList<>();
    reports.add(current.finish(notes));
    if (history != null) {
      reports.add(history.finish(Map.of()));
    }

    for (Projector projector : projectors) {
      projector.finish();
    }

    return RunReport.of(
        reports.stream()
            .filter(report -> !report.counts().isEmpty() || !report.files().isEmpty())
            .toList());
  }

  /** Encodes a projection of the rows. */
  private final class Projector {

    private static final Position NOWHERE = new Position("", 0, 0, 0, "", 0, 0);

    private final Projection projection;
    private final Position position;
    private final int[] sources;
    private final int keySource;
    private final RowBatch.@Nullable Writer[] writers;
    private final ByteWriter values = new ByteWriter(128);
    private final KeyWriter key = new KeyWriter();
    private final ByteReader reader = new ByteReader(new byte[0]);

    Projector(Projection projection) {
      this.projection = projection;
      position = new Position(NOWHERE.source(), 0, 0, 0, projection.table(), 0, 0);
      sources = new int[projection.columns().size()];
      for (int i = 0; i < sources.length; i++) {
        sources[i] = indexOf(projection.columns().get(i));
      }

      keySource = indexOf(projection.keyColumn());
      writers = new RowBatch.@Nullable Writer[projection.buckets()];
    }

    private int indexOf(String name) {
      for (int i = 0; i < columns.size(); i++) {
        if (columns.get(i).name().equals(name)) {
          return i;
        }
      }

      return -1;
    }

    void add(RowSlices row) {
      byte[] keyBuffer = keySource < 0 ? null : row.buffer(keySource);
      if (keyBuffer == null) {
        return;
      }

      reader.reset(keyBuffer, row.offset(keySource), keyBuffer.length - row.offset(keySource));
      if (!key.reset().add(reader)) {
        return;
      }

      values.clear();
      for (int source : sources) {
        copy(row, source);
      }

      int target = key.bucket(writers.length);
      RowBatch.Writer writer = writers[target];
      if (writer == null) {
        writer = new RowBatch.Writer(1024);
        writers[target] = writer;
      }

      writer.image(position, 0, key, projection.columns(), values.buffer(), 0, values.size());
      if (writer.size() >= BATCH_BYTES) {
        flush(target, writer);
      }
    }

    private void copy(RowSlices row, int source) {
      byte[] buffer = source < 0 ? null : row.buffer(source);
      if (buffer == null) {
        values.writeByte(Values.NULL);
        return;
      }

      int from = row.offset(source);
      reader.reset(buffer, from, buffer.length - from);
      Values.skip(reader);
      values.write(buffer, from, reader.position() - from);
    }

    private void flush(int target, RowBatch.Writer writer) {
      projected.accept(new TableBucket(projection.target(), target), writer.toByteArray());
      writer.clear();
    }

    void finish() {
      for (int target = 0; target < writers.length; target++) {
        RowBatch.Writer writer = writers[target];
        if (writer != null && !writer.isEmpty()) {
          flush(target, writer);
        }
      }
    }
  }
}
