package org.anabranch.transforms.merge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import org.anabranch.transforms.merge.TableStore.RowFile;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

/**
 * Takes the finished rows of one bucket of one table to their files and projections and counts
 * them. Files are begun with their first row.
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

  private final MergeConfig config;
  private final TableBucket bucket;
  private final List<Column> columns;
  private final BiConsumer<TableBucket, byte[]> projected;
  private final Sheet current;
  private final Sheet history;
  private final ByteWriter scratch = new ByteWriter(256);
  private final List<Projector> projectors = new ArrayList<>();
  private final Map<String, Long> notes = new TreeMap<>();

  TableOutput(
      MergeConfig config,
      TableBucket bucket,
      Schema schema,
      BiConsumer<TableBucket, byte[]> projected) {
    this.config = config;
    this.bucket = bucket;
    this.projected = projected;
    columns = schema.columns();
    current = new Sheet(bucket.table(), currentSchema(schema));
    history = new Sheet(bucket.table() + MergeConfig.HISTORY_SUFFIX, historySchema(schema));
    for (Projection projection : config.projections()) {
      if (projection.table().equals(bucket.table())) {
        projectors.add(new Projector(projection));
      }
    }
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

  private static String free(Schema schema, String name) {
    return schema.column(name) == null ? name : free(schema, "_ab_" + name);
  }

  /** Columns of the source in the order in which the slices of a row are set. */
  List<Column> columns() {
    return columns;
  }

  /** Slices to fill for the next current row. */
  RowSlices currentRow() {
    return current.row;
  }

  /** Slices to fill for the next history row. */
  RowSlices historyRow() {
    return history.row;
  }

  void note(String text, long count) {
    notes.merge(TableReport.NOTE + text, count, Long::sum);
  }

  /** Counts a row that was changed by two sources. */
  void countConflict() {
    notes.merge(TableReport.CONFLICTS, 1L, Long::sum);
  }

  /** Writes what {@link #currentRow} holds. */
  void writeCurrent(Position position) throws IOException {
    for (Projector projector : projectors) {
      projector.add(current.row);
    }

    if (config.unwritten().contains(bucket.table())) {
      return;
    }

    scratch.clear();
    setPosition(current, columns.size(), position);
    current.write();
  }

  /** Writes what {@link #historyRow} holds. */
  void writeHistory(Position position, Span span) throws IOException {
    scratch.clear();
    int next = columns.size();
    setTime(next, span.from());
    setTime(next + 1, span.to());
    int at = scratch.size();
    Values.writeBoolean(scratch, span.to() == null);
    history.row.set(next + 2, scratch.buffer(), at);
    setPosition(history, next + 3, position);
    history.write();
  }

  private void setTime(int column, @Nullable Long micros) {
    int at = scratch.size();
    scratch.ensure(16);
    if (micros == null) {
      scratch.writeByte(Values.NULL);
    } else {
      Values.writeTemporal(scratch, Values.TIMESTAMPTZ, micros);
    }

    history.row.set(column, scratch.buffer(), at);
  }

  private void setPosition(Sheet sheet, int column, Position position) {
    if (position.equals(Position.BASE)) {
      sheet.row.set(column, null, 0);
      return;
    }

    int at = scratch.size();
    Values.writeString(scratch, position.toString());
    sheet.row.set(column, scratch.buffer(), at);
  }

  /** Completes files and projections. */
  RunReport finish() throws IOException {
    List<TableReport> reports = new ArrayList<>();
    reports.add(current.finish(notes));
    reports.add(history.finish(Map.of()));
    for (Projector projector : projectors) {
      projector.finish();
    }

    return RunReport.of(reports.stream().filter(report -> !report.counts().isEmpty()).toList());
  }

  /** One stored table: its schema, the row being filled and the file. */
  private final class Sheet {

    private final String table;
    private final Schema schema;
    private final RowSlices row;
    private @Nullable RowFile file;

    Sheet(String table, Schema schema) {
      this.table = table;
      this.schema = schema;
      row = new RowSlices(schema.columns().size());
    }

    void write() throws IOException {
      RowFile open = file;
      if (open == null) {
        open = config.store().create(table, schema, bucket.bucket());
        file = open;
      }

      open.write(row);
    }

    TableReport finish(Map<String, Long> remarks) throws IOException {
      RowFile open = file;
      Map<String, Long> counts = new TreeMap<>(remarks);
      if (open == null) {
        return new TableReport(table, List.of(), Schema.EMPTY, List.of(), counts);
      }

      WrittenFile written = open.close();
      counts.put(TableReport.WRITTEN, written.rows());
      return new TableReport(table, List.of(), schema, List.of(written), counts);
    }
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
