package org.anabranch.model;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Encoded changes of one bucket of one table: what travels between the steps of a pipeline. A batch
 * can be read without anything else; names are written once, at their first use.
 *
 * <p>Format, version 1: the version byte, then records. A record is a kind, a position (none for
 * rows of an imported base), the time of the change in microseconds since the epoch (zigzag), the
 * key (length, bytes) and, for an image, its shape, the length of its values and the values one
 * after the other ({@link Values}). Numbers are LEB128. A string or a shape is a number; the number
 * that is one above the last known is followed by its definition: a string's length and UTF-8, or
 * the number of a shape's columns and their names as strings.
 */
public final class RowBatch {

  /** The row is now this. */
  public static final int IMAGE = 1;

  /** The row is gone. */
  public static final int DELETE = 2;

  /** Every row that is older is gone. */
  public static final int TRUNCATE = 3;

  /** The row with the key given as payload wants the values this row had at the position. */
  public static final int CARRY = 4;

  /** A row of an imported base table: an image below every change. */
  public static final int BASE = 5;

  /** An image with at least one value that is unavailable or carried from an old key. */
  public static final int IMAGE_WITH_HOLES = 6;

  /** The row is gone because its key changed: the row at the new key may ask for its values. */
  public static final int MOVE = 7;

  private static final int VERSION = 1;

  private RowBatch() {}

  /** Whether records of a kind carry an image of the row. */
  public static boolean hasImage(int kind) {
    return kind == IMAGE || kind == BASE || kind == IMAGE_WITH_HOLES;
  }

  /**
   * The change that a record is.
   *
   * @param columns of an image; else nobody looks at them
   * @param payload values of an image, new key of a carry; else nobody looks at it
   */
  public static Change change(
      int kind,
      Position position,
      long timeMicros,
      ByteBuffer key,
      List<String> columns,
      ByteBuffer payload) {
    return switch (kind) {
      case IMAGE, IMAGE_WITH_HOLES ->
          new Change.Image(position, timeMicros, key, columns, payload, kind == IMAGE_WITH_HOLES);
      case BASE -> new Change.BaseRow(key, columns, payload);
      case DELETE, MOVE -> new Change.Delete(position, timeMicros, key, kind == MOVE);
      case TRUNCATE -> new Change.Truncate(position, timeMicros);
      case CARRY -> new Change.CarryRequest(position, timeMicros, key, payload);
      default -> throw new IllegalArgumentException("no kind of change: " + kind);
    };
  }

  /** Writes batches. Not thread-safe. */
  public static final class Writer {

    private final ByteWriter out;
    private final Map<String, Integer> strings = new HashMap<>();
    private final Map<List<String>, Integer> shapes = new HashMap<>();
    private List<String> lastShape = List.of();
    private int lastShapeNumber = -1;
    private String lastSource = "";
    private int lastSourceNumber = -1;
    private String lastLog = "";
    private int lastLogNumber = -1;

    public Writer(int capacity) {
      out = new ByteWriter(capacity);
      clear();
    }

    /** Starts a new batch. */
    public void clear() {
      out.clear();
      out.writeByte(VERSION);
      strings.clear();
      shapes.clear();
      lastShapeNumber = -1;
      lastSourceNumber = -1;
      lastLogNumber = -1;
    }

    public boolean isEmpty() {
      return out.size() == 1;
    }

    public int size() {
      return out.size();
    }

    public byte[] toByteArray() {
      return out.toByteArray();
    }

    /** Row with its values, in the order of {@code columns}, in a slice of a buffer. */
    public void image(
        Position position,
        long timeMicros,
        KeyWriter key,
        List<String> columns,
        byte[] values,
        int offset,
        int length) {
      begin(IMAGE, position, timeMicros, key.buffer(), key.size());
      values(columns, values, offset, length);
    }

    /** The same for a row of which some values are unavailable or carried. */
    public void imageWithHoles(
        Position position,
        long timeMicros,
        KeyWriter key,
        List<String> columns,
        byte[] values,
        int offset,
        int length) {
      begin(IMAGE_WITH_HOLES, position, timeMicros, key.buffer(), key.size());
      values(columns, values, offset, length);
    }

    public void base(KeyWriter key, List<String> columns, byte[] values, int offset, int length) {
      out.writeByte(BASE);
      bytes(key.buffer(), key.size());
      values(columns, values, offset, length);
    }

    public void delete(Position position, long timeMicros, KeyWriter key) {
      begin(DELETE, position, timeMicros, key.buffer(), key.size());
    }

    /** The same for a row whose key changed. */
    public void move(Position position, long timeMicros, KeyWriter key) {
      begin(MOVE, position, timeMicros, key.buffer(), key.size());
    }

    public void truncate(Position position, long timeMicros) {
      begin(TRUNCATE, position, timeMicros, RowVersion.ABSENT, 0);
    }

    /** Asks the row at {@code key} for its values as of the position, for the row at newKey. */
    public void carry(Position position, long timeMicros, byte[] key, byte[] newKey) {
      begin(CARRY, position, timeMicros, key, key.length);
      bytes(newKey, newKey.length);
    }

    /** Adds a change. */
    public void add(Change change) {
      if (change instanceof Change.Image image) {
        begin(image.hasHoles() ? IMAGE_WITH_HOLES : IMAGE, image, image.key());
        values(image.columns(), image.values());
      } else if (change instanceof Change.BaseRow row) {
        out.writeByte(BASE);
        bytes(row.key());
        values(row.columns(), row.values());
      } else if (change instanceof Change.Delete delete) {
        begin(delete.isMove() ? MOVE : DELETE, delete, delete.key());
      } else if (change instanceof Change.Truncate truncate) {
        truncate(truncate.position(), truncate.timeMicros());
      } else if (change instanceof Change.CarryRequest request) {
        begin(CARRY, request, request.key());
        bytes(request.newKey());
      }
    }

    private void begin(int kind, Change change, ByteBuffer key) {
      begin(kind, change.position(), change.timeMicros());
      bytes(key);
    }

    private void values(List<String> columns, ByteBuffer values) {
      values(columns, values.array(), values.arrayOffset() + values.position(), values.remaining());
    }

    private void bytes(ByteBuffer source) {
      out.writeVarint(source.remaining());
      out.write(source.array(), source.arrayOffset() + source.position(), source.remaining());
    }

    private void begin(int kind, Position position, long timeMicros, byte[] key, int keyLength) {
      begin(kind, position, timeMicros);
      bytes(key, keyLength);
    }

    private void begin(int kind, Position position, long timeMicros) {
      out.writeByte(kind);
      if (lastSourceNumber < 0 || !lastSource.equals(position.source())) {
        lastSource = position.source();
        lastSourceNumber = string(lastSource);
      } else {
        out.writeVarint(lastSourceNumber);
      }

      out.writeSigned(position.major());
      out.writeSigned(position.minor());
      out.writeSigned(position.row());
      if (lastLogNumber < 0 || !lastLog.equals(position.log())) {
        lastLog = position.log();
        lastLogNumber = string(lastLog);
      } else {
        out.writeVarint(lastLogNumber);
      }

      out.writeSigned(position.partition());
      out.writeSigned(position.offset());
      out.writeSigned(timeMicros);
    }

    private void values(List<String> columns, byte[] values, int offset, int length) {
      if (lastShapeNumber >= 0 && lastShape == columns) {
        out.writeVarint(lastShapeNumber);
      } else {
        lastShape = columns;
        lastShapeNumber = shape(columns);
      }

      out.writeVarint(length);
      out.write(values, offset, length);
    }

    private int shape(List<String> columns) {
      Integer known = shapes.get(columns);
      if (known != null) {
        out.writeVarint(known);
        return known;
      }

      int number = shapes.size();
      shapes.put(columns, number);
      out.writeVarint(number);
      out.writeVarint(columns.size());
      columns.forEach(this::string);
      return number;
    }

    private int string(String text) {
      Integer known = strings.get(text);
      if (known != null) {
        out.writeVarint(known);
        return known;
      }

      int number = strings.size();
      strings.put(text, number);
      out.writeVarint(number);
      out.writeString(text);
      return number;
    }

    private void bytes(byte[] source, int length) {
      out.writeVarint(length);
      out.write(source, 0, length);
    }
  }

  /** Walks over the records of a batch. Fields hold for the current record. Not thread-safe. */
  public static final class Reader {

    private final ByteReader in;
    private final List<String> strings = new ArrayList<>();
    private final List<List<String>> shapes = new ArrayList<>();
    private int kind;
    private String source = "";
    private long major;
    private long minor;
    private long row;
    private String log = "";
    private long partition;
    private long offset;
    private long timeMicros;
    private int keyOffset;
    private int keyLength;
    private List<String> columns = List.of();
    private int payloadOffset;
    private int payloadLength;

    public Reader(byte[] batch) {
      in = new ByteReader(batch);
      int version = in.readByte();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "row batch version must be " + VERSION + ", but was: " + version);
      }
    }

    /** Moves to the next record; false at the end. */
    public boolean next() {
      if (!in.hasMore()) {
        return false;
      }

      kind = in.readByte();
      if (kind == BASE) {
        position(Position.BASE);
        timeMicros = 0;
      } else {
        readPosition();
      }

      keyLength = in.readSize();
      keyOffset = in.position();
      in.skip(keyLength);
      boolean hasImage = hasImage(kind);
      if (hasImage) {
        columns = readShape();
      }

      payloadLength = hasImage || kind == CARRY ? in.readSize() : 0;
      payloadOffset = in.position();
      in.skip(payloadLength);
      return true;
    }

    private void position(Position position) {
      source = position.source();
      major = position.major();
      minor = position.minor();
      row = position.row();
      log = position.log();
      partition = position.partition();
      offset = position.offset();
    }

    private void readPosition() {
      source = readString();
      major = in.readSigned();
      minor = in.readSigned();
      row = in.readSigned();
      log = readString();
      partition = in.readSigned();
      offset = in.readSigned();
      timeMicros = in.readSigned();
    }

    private String readString() {
      int number = in.readSize();
      if (number == strings.size()) {
        strings.add(in.readString());
      }

      return strings.get(number);
    }

    private List<String> readShape() {
      int number = in.readSize();
      if (number == shapes.size()) {
        String[] names = new String[in.readSize()];
        for (int i = 0; i < names.length; i++) {
          names[i] = readString();
        }

        shapes.add(List.of(names));
      }

      return shapes.get(number);
    }

    /**
     * The current record as a change, whose bytes are those of the batch.
     *
     * @throws IllegalArgumentException where the batch has a kind that is none
     */
    public Change change() {
      return RowBatch.change(
          kind,
          position(),
          timeMicros,
          slice(keyOffset, keyLength),
          columns,
          slice(payloadOffset, payloadLength));
    }

    private ByteBuffer slice(int from, int length) {
      return ByteBuffer.wrap(in.buffer(), from, length);
    }

    public int kind() {
      return kind;
    }

    public String source() {
      return source;
    }

    public long major() {
      return major;
    }

    public long minor() {
      return minor;
    }

    public long row() {
      return row;
    }

    public String log() {
      return log;
    }

    public long partition() {
      return partition;
    }

    public long offset() {
      return offset;
    }

    public Position position() {
      return new Position(source, major, minor, row, log, partition, offset);
    }

    public long timeMicros() {
      return timeMicros;
    }

    public byte[] buffer() {
      return in.buffer();
    }

    public int keyOffset() {
      return keyOffset;
    }

    public int keyLength() {
      return keyLength;
    }

    public byte[] key() {
      return Arrays.copyOfRange(in.buffer(), keyOffset, keyOffset + keyLength);
    }

    /** Columns of an image; the same list object for every record of the same shape. */
    public List<String> columns() {
      return columns;
    }

    /** Where the values of an image, or the new key of a carry, begin. */
    public int payloadOffset() {
      return payloadOffset;
    }

    public int payloadLength() {
      return payloadLength;
    }
  }
}
