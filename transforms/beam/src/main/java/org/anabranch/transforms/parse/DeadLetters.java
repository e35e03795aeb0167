package org.anabranch.transforms.parse;

import java.util.List;
import java.util.zip.CRC32C;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Position;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * The table of records that could not be processed. It is an ordinary table keyed by where the
 * record lies (log, partition, offset, checksum of its bytes), so a record that is read again is
 * the same row, on every runner. Of a long record only the beginning is kept ({@link CutRecord});
 * the row then has the SHA-256 of the whole.
 */
public final class DeadLetters {

  /** Name of the table. */
  public static final String TABLE = "dead_letters";

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
          "_ab_recorded_at");

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
          Type.TIMESTAMPTZ);

  private static final int KEY_COLUMNS = 4;

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
      String log,
      long partition,
      long offset,
      long eventTimeMicros,
      byte[] raw,
      int from,
      int length) {
    if (length > CutRecord.HELD_BYTES) {
      CutRecord cut = new CutRecord();
      cut.add(raw, from, from + length);
      return encode(table, step, reason, detail, log, partition, offset, eventTimeMicros, cut);
    }

    CRC32C crc = new CRC32C();
    crc.update(raw, from, length);
    place(log, partition, offset, crc.getValue());
    reason(table, step, reason, detail, eventTimeMicros);
    raw(raw, from, length, length);
    row.writeByte(Values.NULL);
    Values.writeTemporal(row, Values.TIMESTAMPTZ, recordedAtMicros);
    return new Position("", 0, 0, 0, log, partition, offset);
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
    return new Position("", 0, 0, 0, log, partition, offset);
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
