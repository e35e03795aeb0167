package org.anabranch.transforms.parse;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Internal;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

/**
 * The table of records that could not be processed. It is an ordinary table keyed by where the
 * record lies (log, partition, offset, checksum of its bytes), so a record that is read again is
 * the same row, on every runner. Of a long record only the beginning is kept ({@link CutRecord});
 * the row then has the SHA-256 of the whole. A row is open until a run has read its record again
 * and could process it; reading the input again does not open it again.
 */
@Internal
public final class DeadLetters {

  /** Name of the table. */
  public static final String TABLE = TableReport.DEAD_LETTERS;

  public static final List<String> KEY = List.of("log", "partition", "offset", "checksum");

  /** Columns of the table in order. */
  public static final List<String> COLUMNS =
      List.of(
          "log",
          "partition",
          "offset",
          "checksum",
          "table",
          "step",
          "reason",
          "detail",
          "event_time",
          "raw",
          "raw_length",
          "raw_sha256",
          "_ab_recorded_at",
          "form",
          "record_key",
          "header_newkey",
          "header_oldkey",
          "log_time",
          "resolved_at",
          "resolved_by");

  /** Forms of a record: a line of a file, or a record of a log, with a key and headers. */
  static final String LINE = "line";

  static final String RECORD = "record";

  private static final List<Type> TYPES =
      List.of(
          Type.STRING,
          Type.INT64,
          Type.INT64,
          Type.INT64,
          Type.STRING,
          Type.STRING,
          Type.STRING,
          Type.STRING,
          Type.TIMESTAMPTZ,
          Type.BYTES,
          Type.INT64,
          Type.STRING,
          Type.TIMESTAMPTZ,
          Type.STRING,
          Type.BYTES,
          Type.BOOLEAN,
          Type.BYTES,
          Type.TIMESTAMPTZ,
          Type.TIMESTAMPTZ,
          Type.STRING);

  private static final int KEY_COLUMNS = 4;

  /** Of a row and of the mark that it is resolved, which wins whatever comes later. */
  private static final long OPEN = 0;

  private static final long RESOLVED = 1;

  private boolean isRecord;
  private byte @Nullable [] recordKey;
  private @Nullable Long logTimeMillis;
  private RecordHeaders headers = RecordHeaders.NONE;
  private final long recordedAtMicros;
  private final ByteWriter row = new ByteWriter(1024);
  private final KeyWriter key = new KeyWriter();
  private final ByteReader reader = new ByteReader(new byte[0]);

  DeadLetters(long recordedAtMicros) {
    this.recordedAtMicros = recordedAtMicros;
  }

  /** Schema of the table, which does not depend on what is in it. */
  public static Schema schema() {
    List<Column> columns = new java.util.ArrayList<>();
    for (int i = 0; i < COLUMNS.size(); i++) {
      columns.add(new Column(COLUMNS.get(i), TYPES.get(i), i));
    }

    return Schema.of(columns);
  }

  /** Encodes a record; {@link #key} and {@link #row} hold it until the next call. */
  Position encode(
      @Nullable String table,
      String step,
      DeadLetterReason reason,
      String detail,
      RawRecord record) {
    String log = record.log();
    long partition = record.partition();
    long offset = record.offset();
    byte[] raw = record.bytes().array();
    int from = record.from();
    int length = record.length();
    if (length > CutRecord.HELD_BYTES) {
      CutRecord cut = new CutRecord();
      cut.add(raw, from, from + length);
      return encode(table, step, reason, detail, log, partition, offset, record.timeMicros(), cut);
    }

    CRC32C crc = new CRC32C();
    crc.update(raw, from, length);
    place(log, partition, offset, crc.getValue());
    reason(table, step, reason, detail, record.timeMicros());
    raw(raw, from, length, length);
    row.writeByte(Values.NULL);
    Values.writeTemporal(row, Values.TIMESTAMPTZ, recordedAtMicros);
    origin();
    return position(OPEN, log, partition, offset);
  }

  private static Position position(long state, String log, long partition, long offset) {
    return new Position("", state, 0, 0, log, partition, offset);
  }

  /** From now on records are lines of files. */
  void ofLine() {
    isRecord = false;
  }

  /** From now on records are this record of a log. */
  void ofRecord(byte @Nullable [] key, @Nullable Long timeMillis, RecordHeaders recordHeaders) {
    isRecord = true;
    recordKey = key;
    logTimeMillis = timeMillis;
    headers = recordHeaders;
  }

  /** How to read the record again, and that it is open. */
  private void origin() {
    Values.writeString(row, isRecord ? RECORD : LINE);
    if (!isRecord) {
      row.writeByte(Values.NULL);
      row.writeByte(Values.NULL);
      row.writeByte(Values.NULL);
      row.writeByte(Values.NULL);
    } else {
      bytes(recordKey);
      Values.write(row, headers.has(HeaderReader.NEW_KEY));
      bytes(headers.last(HeaderReader.OLD_KEY));
      Long time = logTimeMillis;
      if (time == null) {
        row.writeByte(Values.NULL);
      } else {
        Values.writeTemporal(row, Values.TIMESTAMPTZ, TimeUnit.MILLISECONDS.toMicros(time));
      }
    }

    row.writeByte(Values.NULL);
    row.writeByte(Values.NULL);
  }

  private void bytes(byte @Nullable [] bytes) {
    Values.write(row, bytes == null ? null : ByteBuffer.wrap(bytes));
  }

  /** Encodes that a dead letter is resolved. */
  Position resolve(DeadLetter letter, String run) {
    List<@Nullable Object> values = letter.values();
    place(letter.log(), letter.partition(), letter.offset(), letter.checksum());
    for (int i = KEY_COLUMNS; i < COLUMNS.size() - 2; i++) {
      Values.write(row, values.get(i));
    }

    Values.writeTemporal(row, Values.TIMESTAMPTZ, recordedAtMicros);
    Values.writeString(row, run);
    return position(RESOLVED, letter.log(), letter.partition(), letter.offset());
  }

  /** Encodes a record of which only the beginning is kept. */
  Position encode(
      @Nullable String table,
      String step,
      DeadLetterReason reason,
      String detail,
      String log,
      long partition,
      long offset,
      long eventTimeMicros,
      CutRecord raw) {
    place(log, partition, offset, raw.checksum());
    reason(table, step, reason, detail, eventTimeMicros);
    raw(raw.head(), 0, raw.head().length, raw.length());
    if (raw.length() > raw.head().length) {
      Values.writeString(row, raw.sha256());
    } else {
      row.writeByte(Values.NULL);
    }

    Values.writeTemporal(row, Values.TIMESTAMPTZ, recordedAtMicros);
    origin();
    return position(OPEN, log, partition, offset);
  }

  private void place(String log, long partition, long offset, long checksum) {
    row.clear();
    Values.writeString(row, log);
    Values.writeInt(row, partition);
    Values.writeInt(row, offset);
    Values.writeInt(row, checksum);
    key.reset();
    reader.reset(row.buffer(), 0, row.size());
    for (int i = 0; i < KEY_COLUMNS; i++) {
      key.add(reader);
    }
  }

  private void reason(
      @Nullable String table,
      String step,
      DeadLetterReason reason,
      String detail,
      long eventTimeMicros) {
    Values.write(row, table);
    Values.writeString(row, step);
    Values.writeString(row, reason.code());
    Values.writeString(row, detail);
    if (eventTimeMicros == 0) {
      row.writeByte(Values.NULL);
    } else {
      Values.writeTemporal(row, Values.TIMESTAMPTZ, eventTimeMicros);
    }
  }

  private void raw(byte[] raw, int from, int held, long length) {
    row.writeByte(Values.BYTES);
    row.writeVarint(held);
    row.write(raw, from, held);
    Values.writeInt(row, length);
  }

  KeyWriter key() {
    return key;
  }

  ByteWriter row() {
    return row;
  }
}
