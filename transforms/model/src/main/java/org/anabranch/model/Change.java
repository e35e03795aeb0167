package org.anabranch.model;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A change of a table as its log tells it. {@link RowBatch} is the form in which changes travel;
 * {@link RowBatch.Writer#add} and {@link RowBatch.Reader#change} lead there and back.
 *
 * <p>Keys are encoded by {@link KeyWriter}, values by {@link Values}, one after the other in the
 * order of their columns. Their bytes are between position and limit of buffers with an array,
 * which nobody changes.
 */
public sealed interface Change {

  /** Where the change stands; {@link Position#BASE} for a row of an imported base. */
  Position position();

  /** When the source made the change, in microseconds since the epoch; 0 where nobody says. */
  long timeMicros();

  /** The same of a row with another key. */
  Change withKey(ByteBuffer other);

  /**
   * The row at the key is now this.
   *
   * @param hasHoles whether values are unavailable or carried from an old key
   */
  record Image(
      Position position,
      long timeMicros,
      ByteBuffer key,
      List<String> columns,
      ByteBuffer values,
      boolean hasHoles)
      implements Change {

    @Override
    public Image withKey(ByteBuffer other) {
      return new Image(position, timeMicros, other, columns, values, hasHoles);
    }

    /** The same with other values of the same columns. */
    public Image withValues(ByteBuffer other) {
      return new Image(position, timeMicros, key, columns, other, hasHoles);
    }
  }

  /** A row of an imported base table: an image below every change. */
  record BaseRow(ByteBuffer key, List<String> columns, ByteBuffer values) implements Change {

    @Override
    public Position position() {
      return Position.BASE;
    }

    @Override
    public long timeMicros() {
      return 0;
    }

    @Override
    public BaseRow withKey(ByteBuffer other) {
      return new BaseRow(other, columns, values);
    }
  }

  /**
   * The row at the key is gone.
   *
   * @param isMove whether it is because its key changed: the row at the new key may ask for its
   *     values
   */
  record Delete(Position position, long timeMicros, ByteBuffer key, boolean isMove)
      implements Change {

    @Override
    public Delete withKey(ByteBuffer other) {
      return new Delete(position, timeMicros, other, isMove);
    }
  }

  /** Every row that is older is gone, whatever its key. */
  record Truncate(Position position, long timeMicros) implements Change {

    @Override
    public Truncate withKey(ByteBuffer other) {
      return this;
    }
  }

  /** The row at {@code newKey} wants the values that the row at the key had at the position. */
  record CarryRequest(Position position, long timeMicros, ByteBuffer key, ByteBuffer newKey)
      implements Change {

    @Override
    public CarryRequest withKey(ByteBuffer other) {
      return new CarryRequest(position, timeMicros, other, newKey);
    }

    /** The same for another row that asks. */
    public CarryRequest withNewKey(ByteBuffer other) {
      return new CarryRequest(position, timeMicros, key, other);
    }
  }
}
