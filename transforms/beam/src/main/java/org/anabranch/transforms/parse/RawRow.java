package org.anabranch.transforms.parse;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * A row, a key or a single value as it was read ({@link RawJson}), with the schema that came with
 * it. The same object is filled again for the next record.
 */
final class RawRow {

  /** What was read. */
  enum Kind {
    ABSENT,
    OBJECT,
    SCALAR
  }

  private final Shapes shapes;
  private final ByteWriter values = new ByteWriter(1024);
  private final ByteReader reader = new ByteReader(new byte[0]);
  private int[] offsets = new int[64];
  private Kind kind = Kind.ABSENT;
  private Shape shape = Shape.EMPTY;
  private @Nullable RowTypes types;
  private Shapes.@Nullable Node end;

  RawRow(Shapes shapes) {
    this.shapes = shapes;
  }

  void clear() {
    kind = Kind.ABSENT;
    shape = Shape.EMPTY;
    types = null;
  }

  /** Reads the fields of the object the parser stands at, up to its end. */
  void readObject(JsonParser parser) throws IOException {
    readFields(parser, parser.nextFieldName());
  }

  /** Reads the fields of an object whose first name, null at its end, is read already. */
  void readFields(JsonParser parser, @Nullable String firstName) throws IOException {
    values.clear();
    Shapes.Node node = shapes.start();
    int count = 0;
    String name = firstName;
    while (name != null) {
      node = shapes.next(node, name);
      parser.nextToken();
      if (count + 1 >= offsets.length) {
        offsets = Arrays.copyOf(offsets, offsets.length * 2);
      }

      offsets[count++] = values.size();
      RawJson.write(parser, values);
      name = parser.nextFieldName();
    }

    offsets[count] = values.size();
    end = node;
    shape = node.shape();
    kind = Kind.OBJECT;
  }

  /** Adds a field to the object that was read; one of that name is overruled. */
  void add(String name, Instant time) {
    Shapes.Node node = shapes.next(Objects.requireNonNull(end), name);
    int count = node.depth();
    if (count >= offsets.length) {
      offsets = Arrays.copyOf(offsets, offsets.length * 2);
    }

    values.writeByte(Values.STRING);
    values.writeString(time.toString());
    offsets[count] = values.size();
    end = node;
    shape = node.shape();
  }

  /** Reads the value the parser stands at, which is not an object. */
  void readScalar(JsonParser parser) throws IOException {
    values.clear();
    offsets[0] = 0;
    RawJson.write(parser, values);
    offsets[1] = values.size();
    shape = Shape.EMPTY;
    kind = Kind.SCALAR;
  }

  void setTypes(@Nullable RowTypes types) {
    this.types = types;
  }

  Kind kind() {
    return kind;
  }

  /** Field names of an object; empty otherwise. */
  Shape shape() {
    return shape;
  }

  /** Types by column from the schema in the event; null without one. */
  @Nullable RowTypes types() {
    return types;
  }

  /** Whether texts were sent with half of a surrogate pair, which is read as U+FFFD. */
  boolean hasHalfSurrogates() {
    return values.halvesReplaced() > 0;
  }

  byte[] buffer() {
    return values.buffer();
  }

  /** Where the value of a field begins; a single value is field 0. */
  int start(int slot) {
    return offsets[slot];
  }

  int end(int slot) {
    return offsets[slot + 1];
  }

  /** Reader at the value of a field. */
  ByteReader value(int slot) {
    return reader.reset(values.buffer(), offsets[slot], offsets[slot + 1] - offsets[slot]);
  }

  /** Text of a field; null where it is missing or no string. */
  @Nullable String text(String column) {
    int slot = shape.slot(column);
    if (slot < 0) {
      return null;
    }

    ByteReader in = value(slot);
    return in.readByte() == Values.STRING ? in.readString() : null;
  }
}
