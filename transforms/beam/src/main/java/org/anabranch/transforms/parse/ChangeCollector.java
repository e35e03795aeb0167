package org.anabranch.transforms.parse;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.anabranch.model.Internal;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

/**
 * Collects the changes of a bundle into batches per table and bucket and keeps the books: every
 * record is counted as read and as exactly one of merged, ignored or dead. Holds about 64 KiB per
 * bucket. Not thread-safe.
 */
@Internal
public final class ChangeCollector implements ChangeOutput {

  private static final String PARSE = "parse";

  private final BucketCounts buckets;
  private final Receiver receiver;
  private final long recordedAtMicros;
  private long logMicros;
  private final DeadLetters deadLetters;
  private final Map<String, TableBatches> tables = new TreeMap<>();
  private TableBatches last;
  private String lastName = "";
  private long records;
  private long deadRecords;

  /**
   * @param buckets numbers of buckets by table
   * @param recordedAtMicros when the run was launched, noted with dead letters
   * @param receiver takes batches as they fill up
   */
  public ChangeCollector(BucketCounts buckets, long recordedAtMicros, Receiver receiver) {
    this.buckets = buckets;
    this.receiver = receiver;
    deadLetters = new DeadLetters(recordedAtMicros);
    this.recordedAtMicros = recordedAtMicros;
    last = new TableBatches("", 1, recordedAtMicros, receiver);
    tables.put("", last);
  }

  /** Takes full batches. */
  @FunctionalInterface
  public interface Receiver {
    void accept(TableBucket bucket, byte[] batch);
  }

  /** How many records were handed over, whatever became of them. */
  long records() {
    return records;
  }

  /** How many of them could not be processed. */
  long deadRecords() {
    return deadRecords;
  }

  /** From now on records are lines of files. */
  void ofLine() {
    logMicros = 0;
    deadLetters.ofLine();
  }

  /** From now on records are this record of a log. */
  void ofRecord(byte @Nullable [] key, @Nullable Long timeMillis, RecordHeaders headers) {
    logMicros = timeMillis == null ? 0 : TimeUnit.MILLISECONDS.toMicros(timeMillis);
    deadLetters.ofRecord(key, timeMillis, headers);
  }

  /** A dead letter that was read again could be processed. */
  void resolved(DeadLetter letter, String run) {
    keep(deadLetters.resolve(letter, run), 0);
  }

  private TableBatches table(@Nullable String name) {
    String known = Objects.requireNonNullElse(name, "");
    if (!known.equals(lastName)) {
      last =
          tables.computeIfAbsent(
              known,
              added -> new TableBatches(added, buckets.of(added), recordedAtMicros, receiver));
      lastName = known;
    }

    last.loggedAt(logMicros);
    return last;
  }

  @Override
  public void image(String table, Position position, long timeMicros, RowImage image) {
    records++;
    TableBatches batches = table(table);
    batches.keyColumns(image.keyColumns());
    batches.image(position, timeMicros, image);
  }

  /** Row of an imported base table. */
  public void base(String table, RowImage row) {
    TableBatches batches = table(table);
    batches.keyColumns(row.keyColumns());
    batches.base(row);
  }

  @Override
  public void leftOut(String table, List<String> columns) {
    table(table).leftOut(columns);
  }

  @Override
  public void noted(String table, String note) {
    table(table).noted(note);
  }

  @Override
  public void carried(
      String table, Position position, long timeMicros, byte[] oldKey, byte[] newKey) {
    table(table).carry(position, timeMicros, oldKey, newKey);
  }

  @Override
  public void fact(String table, String kind, String value) {
    table(table).fact(kind, value);
  }

  @Override
  public void server(String table, String server) {
    table(table).server(server);
  }

  @Override
  public void delete(
      String table, Position position, long timeMicros, KeyWriter key, List<String> keyColumns) {
    records++;
    TableBatches batches = table(table);
    batches.keyColumns(keyColumns);
    batches.delete(position, timeMicros, key);
  }

  @Override
  public void move(
      String table, Position position, long timeMicros, KeyWriter key, List<String> keyColumns) {
    records++;
    TableBatches batches = table(table);
    batches.keyColumns(keyColumns);
    batches.move(position, timeMicros, key);
  }

  @Override
  public void truncate(String table, Position position, long timeMicros) {
    records++;
    table(table).truncate(position, timeMicros);
  }

  @Override
  public void ignored(@Nullable String table, String reason) {
    records++;
    table(table).count(TableReport.IGNORED);
  }

  @Override
  public void dead(
      @Nullable String table, DeadLetterReason reason, String detail, RawRecord record) {
    records++;
    deadRecords++;
    table(table).dead(reason, record.log(), record.partition(), record.offset(), detail);
    keep(deadLetters.encode(table, PARSE, reason, detail, record), record.timeMicros());
  }

  /** The record is longer than may be, so that nothing is known of it but its beginning. */
  public void tooLarge(String detail, String log, long partition, long offset, CutRecord record) {
    records++;
    deadRecords++;
    table(null).dead(DeadLetterReason.TOO_LARGE, log, partition, offset, detail);
    keep(
        deadLetters.encode(
            null, PARSE, DeadLetterReason.TOO_LARGE, detail, log, partition, offset, 0, record),
        0);
  }

  private void keep(Position position, long timeMicros) {
    TableBatches batches = table(DeadLetters.TABLE);
    batches.keyColumns(DeadLetters.KEY);
    ByteBuffer row = ByteBuffer.wrap(deadLetters.row().buffer(), 0, deadLetters.row().size());
    batches.image(
        position,
        timeMicros,
        new RowImage(deadLetters.key(), DeadLetters.KEY, DeadLetters.COLUMNS, null, row));
  }

  /** Hands over all that is left and tells what the bundle saw; the collector is empty again. */
  public RunReport finish() {
    RunReport report = RunReport.of(tables.values().stream().map(TableBatches::finish).toList());
    tables.clear();
    last = new TableBatches("", 1, recordedAtMicros, receiver);
    lastName = "";
    tables.put("", last);
    return report;
  }
}
