package org.anabranch.transforms.parse;

import java.util.List;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * Takes the key of a row from an event: the declared columns from the event's key, else from the
 * row after the change, else from the row before; without a declaration the columns the table is
 * stored by, and of a table that is not stored all fields of the event's key: an event without a
 * key has none, whatever earlier runs have stored. Of the row before nothing else is ever used:
 * where the source does not log whole rows its other values are made up.
 *
 * <p>A part is a number or text, whatever the event's schema says; a boolean only where it is
 * declared, for true beside 1 has no one meaning. Fields hold until the next key.
 */
final class KeyBuilder {

  /** What became of a key. */
  enum Result {
    BUILT,
    /** A part is missing or null. */
    MISSING,
    /** A part does not fit its column. */
    MISFIT,
    /** A part is of a kind that no key has. */
    NO_KEY
  }

  private final ValueConverter converter;
  private final UnavailableValues unavailable;
  private final KeyWriter key = new KeyWriter();
  private final ByteWriter part = new ByteWriter(64);
  private final ByteReader reader = new ByteReader(new byte[0]);
  private String failed = "";
  private String kind = "";

  KeyBuilder(ValueConverter converter, UnavailableValues unavailable) {
    this.converter = converter;
    this.unavailable = unavailable;
  }

  /** Names of the key's parts: as declared, else as stored, else the fields of the event's key. */
  static List<String> columns(TableTypes table, RawRow eventKey) {
    if (!table.key().isEmpty()) {
      return table.key();
    }

    List<String> own = eventKey.shape().sortedColumns();
    return own.isEmpty() || table.storedKey().isEmpty() ? own : table.storedKey();
  }

  /** Encodes the key of an image: the values that the row itself has in the key's columns. */
  Result buildOfImage(TableTypes table, RawRow eventKey, RawRow image) {
    key.reset();
    List<String> columns = columns(table, eventKey);
    failed = "";
    for (String column : columns) {
      Result result =
          image.shape().has(column) ? add(table, column, image, image.types()) : Result.MISSING;
      if (result != Result.BUILT) {
        failed = column;
        return result;
      }
    }

    return columns.isEmpty() ? Result.MISSING : Result.BUILT;
  }

  /** Encodes the key of an event, from its key where that has the column. */
  Result build(TableTypes table, RawRow eventKey, RawRow after, RawRow before) {
    key.reset();
    List<String> columns = columns(table, eventKey);
    failed = "";
    for (int i = 0; i < columns.size(); i++) {
      String column = columns.get(i);
      RawRow row = holder(column, columns.size(), eventKey, after, before);
      if (row == null) {
        failed = column;
        return Result.MISSING;
      }

      Result result = add(table, column, row, after.types());
      if (result != Result.BUILT) {
        failed = column;
        return result;
      }
    }

    return columns.isEmpty() ? Result.MISSING : Result.BUILT;
  }

  /** The row that has a column; a key that is a single value stands for the only key column. */
  private static @Nullable RawRow holder(
      String column, int columns, RawRow eventKey, RawRow after, RawRow before) {
    if (eventKey.shape().has(column)) {
      return eventKey;
    }

    if (after.shape().has(column)) {
      return after;
    }

    if (before.shape().has(column)) {
      return before;
    }

    return columns == 1 && eventKey.kind() == RawRow.Kind.SCALAR ? eventKey : null;
  }

  private Result add(TableTypes table, String column, RawRow row, @Nullable RowTypes imageTypes) {
    RowTypes types = row.types() == null ? imageTypes : row.types();
    int slot = Math.max(0, row.shape().slot(column));
    if (unavailable.matches(row.value(slot))) {
      return Result.MISSING;
    }

    ColumnType type = table.type(column, types).ofKey();
    ValueConverter.Result result = convert(row.value(slot), type);
    if (result == ValueConverter.Result.MISFIT && !table.isDeclared(column)) {
      type = ColumnType.KEY;
      result = convert(row.value(slot), type);
      if (result == ValueConverter.Result.MISFIT) {
        return noKey(row.value(slot));
      }
    }

    if (result == ValueConverter.Result.MISFIT) {
      return Result.MISFIT;
    }

    int tag = part.buffer()[0];
    boolean isBoolean = tag == Values.FALSE || tag == Values.TRUE;
    if (isBoolean && !table.isBoolean(column)) {
      return noKey(row.value(slot));
    }

    if (type.reading() == ColumnType.Reading.NUMERIC && tag == Values.STRING) {
      kind = "not a number";
      return Result.NO_KEY;
    }

    if (key.add(reader.reset(part.buffer(), 0, part.size()))) {
      return Result.BUILT;
    }

    kind = tag == Values.LIST ? "a list" : "a " + Values.scalarType(tag) + " of no calendar";
    return tag == Values.NULL ? Result.MISSING : Result.NO_KEY;
  }

  private ValueConverter.Result convert(ByteReader value, ColumnType type) {
    part.clear();
    return converter.convert(value, type, part);
  }

  private Result noKey(ByteReader value) {
    kind =
        switch (value.readByte()) {
          case Values.FALSE, Values.TRUE -> "a boolean";
          case RawJson.ARRAY -> "a list";
          case RawJson.OBJECT -> "an object";
          default -> "a boolean as the schema says";
        };
    return Result.NO_KEY;
  }

  /** The key just built. */
  KeyWriter key() {
    return key;
  }

  /** What the part is that no key has. */
  String failedKind() {
    return kind;
  }

  /** Column that failed; empty where the event has no key at all. */
  String failedColumn() {
    return failed;
  }
}
