package org.anabranch.transforms.merge;

import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Position;
import org.anabranch.model.RowVersion;
import org.anabranch.model.RowVersion.Cell;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of one table have to tell each other after a primary-key change whose new row lacks
 * values the source did not send: the old key's row {@link Offer offers} what it had, the new key's
 * row {@link Row waits} for it. They may lie in different buckets.
 */
sealed interface Pending {

  /**
   * Values a row had when its key changed.
   *
   * @param oldKey key of the row
   * @param newKey key it changed to
   * @param position of the image at the new key
   * @param cells what the row had then
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Offer(byte[] oldKey, byte[] newKey, Position position, Map<String, Cell> cells)
      implements Pending {}

  /**
   * Row with at least one carried value.
   *
   * @param key of the row
   * @param position of its newest image
   * @param cells its values
   * @param span of validity; null for a current row
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Row(byte[] key, Position position, Map<String, Cell> cells, @Nullable Span span)
      implements Pending {}

  /**
   * Validity of a version of a row in microseconds since the epoch.
   *
   * @param from null: since before the first known change
   * @param to null: still
   * @param continuesPrevious whether the row was alive until this version, rather than gone
   */
  record Span(@Nullable Long from, @Nullable Long to, boolean continuesPrevious) {}

  int OFFER = 1;
  int CURRENT = 2;
  int HISTORY = 3;

  /**
   * Encoded form: kind; keys, position and cells with their positions; span for history rows. Lives
   * only between two steps of one run.
   */
  static byte[] encode(Pending pending) {
    ByteWriter out = new ByteWriter(512);
    if (pending instanceof Offer offer) {
      out.writeByte(OFFER);
      write(out, offer.oldKey());
      write(out, offer.newKey());
      write(out, offer.position());
      write(out, offer.cells());
      return out.toByteArray();
    }

    Row row = (Row) pending;
    Span span = row.span();
    out.writeByte(span == null ? CURRENT : HISTORY);
    write(out, row.key());
    write(out, row.position());
    write(out, row.cells());
    if (span != null) {
      write(out, span.from());
      write(out, span.to());
      out.writeByte(span.continuesPrevious() ? 1 : 0);
    }

    return out.toByteArray();
  }

  /** Reverse of {@link #encode}. */
  static Pending decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    int kind = in.readByte();
    if (kind == OFFER) {
      return new Offer(readBytes(in), readBytes(in), readPosition(in), readCells(in));
    }

    byte[] key = readBytes(in);
    Position position = readPosition(in);
    Map<String, Cell> cells = readCells(in);
    Span span = kind == HISTORY ? new Span(readTime(in), readTime(in), in.readByte() == 1) : null;
    return new Row(key, position, cells, span);
  }

  /** Known values of a row; holes are left out. */
  static Map<String, Cell> cells(RowVersion row) {
    Map<String, Cell> cells = new TreeMap<>();
    for (String column : row.columns()) {
      Cell cell = row.cell(column);
      if (cell != null && cell.value().length > 0) {
        cells.put(column, cell);
      }
    }

    return cells;
  }

  private static void write(ByteWriter out, byte[] bytes) {
    out.writeVarint(bytes.length);
    out.write(bytes, 0, bytes.length);
  }

  private static byte[] readBytes(ByteReader in) {
    return in.readBytes(in.readSize());
  }

  private static void write(ByteWriter out, @Nullable Long time) {
    out.writeByte(time == null ? 0 : 1);
    out.writeSigned(time == null ? 0 : time);
  }

  private static @Nullable Long readTime(ByteReader in) {
    boolean known = in.readByte() == 1;
    long time = in.readSigned();
    return known ? time : null;
  }

  private static void write(ByteWriter out, Position position) {
    out.writeString(position.source());
    out.writeSigned(position.major());
    out.writeSigned(position.minor());
    out.writeSigned(position.row());
    out.writeString(position.log());
    out.writeSigned(position.partition());
    out.writeSigned(position.offset());
  }

  private static Position readPosition(ByteReader in) {
    String source = in.readString();
    long major = in.readSigned();
    long minor = in.readSigned();
    long row = in.readSigned();
    String log = in.readString();
    return new Position(source, major, minor, row, log, in.readSigned(), in.readSigned());
  }

  private static void write(ByteWriter out, Map<String, Cell> cells) {
    out.writeVarint(cells.size());
    cells.forEach(
        (column, cell) -> {
          out.writeString(column);
          write(out, cell.position());
          write(out, cell.value());
        });
  }

  private static Map<String, Cell> readCells(ByteReader in) {
    Map<String, Cell> cells = new TreeMap<>();
    for (int left = in.readSize(); left > 0; left--) {
      String column = in.readString();
      Position position = readPosition(in);
      cells.put(column, new Cell(position, readBytes(in)));
    }

    return cells;
  }
}
