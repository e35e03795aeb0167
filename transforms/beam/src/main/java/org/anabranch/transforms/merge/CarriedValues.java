package org.anabranch.transforms.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Position;
import org.anabranch.model.RowVersion.Cell;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * Fills the values that rows carry over from their old keys. Keys may have changed several times,
 * so a value is followed from offer to offer until the row that had it. Rows of one table are held
 * in memory: only those whose key changed and that lack values.
 */
final class CarriedValues {

  /** A change of a key: from where, to where, and the position of the image it left. */
  private record Move(ByteBuffer oldKey, ByteBuffer newKey, Position position) {

    static Move of(byte[] oldKey, byte[] newKey, Position position) {
      return new Move(ByteBuffer.wrap(oldKey), ByteBuffer.wrap(newKey), position);
    }
  }

  private final TableOutput output;
  private final Map<Move, Pending.Offer> offers = new HashMap<>();
  private final List<Pending.Row> rows = new ArrayList<>();

  CarriedValues(TableOutput output) {
    this.output = output;
  }

  void add(Pending pending) {
    if (pending instanceof Pending.Offer offer) {
      offers.put(Move.of(offer.oldKey(), offer.newKey(), offer.position()), offer);
    } else if (pending instanceof Pending.Row row) {
      rows.add(row);
    }
  }

  /** Writes all rows, in the order of their keys and positions. */
  void write() throws IOException {
    rows.sort(
        Comparator.comparing(Pending.Row::key, Arrays::compareUnsigned)
            .thenComparing(Pending.Row::position));
    History history = new History();
    for (Pending.Row row : rows) {
      Pending.Span span = row.span();
      if (span != null) {
        history.add(row.position(), span, values(row));
        continue;
      }

      fill(output.currentRow(), values(row));
      output.writeCurrent(row.position(), row.timeMicros());
    }

    history.flush();
  }

  private void fill(RowSlices slices, List<byte @Nullable []> values) {
    for (int i = 0; i < values.size(); i++) {
      slices.set(i, values.get(i), 0);
    }
  }

  private List<byte @Nullable []> values(Pending.Row row) {
    List<byte @Nullable []> values = new ArrayList<>();
    for (Column column : output.columns()) {
      Cell cell = row.cells().get(column.name());
      byte[] value = cell == null ? null : value(row.key(), column.name(), cell, new HashSet<>());
      values.add(value == null || value[0] == Values.NULL ? null : value);
      if (cell != null && value == null && row.span() == null) {
        output.note("`" + column.name() + "` was never sent: null", 1);
      }
    }

    return values;
  }

  /** Writes versions of rows; those that turn out equal to the one before them are joined to it. */
  private final class History {

    private Position position = Position.BASE;
    private Pending.@Nullable Span span;
    private List<byte @Nullable []> values = List.of();

    void add(Position at, Pending.Span next, List<byte @Nullable []> nextValues)
        throws IOException {
      Pending.Span open = span;
      if (open != null && next.continuesPrevious() && sameValues(nextValues)) {
        span = new Pending.Span(open.from(), next.to(), open.continuesPrevious());
        return;
      }

      flush();
      position = at;
      span = next;
      values = nextValues;
    }

    private boolean sameValues(List<byte @Nullable []> others) {
      for (int i = 0; i < values.size(); i++) {
        boolean isOfKey = output.isOfKey(output.columns().get(i).name());
        if (!isOfKey && !Arrays.equals(values.get(i), others.get(i))) {
          return false;
        }
      }

      return true;
    }

    void flush() throws IOException {
      if (span != null) {
        fill(output.historyRow(), values);
        output.writeHistory(position, span);
        span = null;
      }
    }
  }

  private byte @Nullable [] value(byte[] key, String column, Cell cell, Set<Move> followed) {
    if (cell.value()[0] != Values.CARRIED) {
      return cell.value();
    }

    ByteReader in = new ByteReader(cell.value());
    in.skip(1);
    byte[] oldKey = in.readBytes(in.readSize());
    Move move = Move.of(oldKey, key, cell.position());
    Pending.Offer offer = offers.get(move);
    Cell offered = offer == null || !followed.add(move) ? null : offer.cells().get(column);
    return offered == null ? null : value(oldKey, column, offered, followed);
  }
}
