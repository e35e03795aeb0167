package org.anabranch.transforms.parse;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.anabranch.model.ByteReader;
import org.anabranch.model.DoubleExtents;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * Images with the same columns and types; collects the types of the values where none is given. Not
 * thread-safe.
 */
final class SeenTypes {

  private static final int HOLE_TAGS = 1 << Values.UNAVAILABLE | 1 << Values.CARRIED;

  private final List<String> columns;
  private final @Nullable Type @Nullable [] types;
  private final int[] tags;
  private final boolean[] wideIntegers;
  private final @Nullable DoubleExtents[] doubles;
  private final @Nullable Type[] others;

  SeenTypes(List<String> columns, @Nullable Type @Nullable [] types) {
    this.columns = columns;
    this.types = types;
    tags = new int[columns.size()];
    wideIntegers = new boolean[columns.size()];
    doubles = new @Nullable DoubleExtents[columns.size()];
    others = new @Nullable Type[columns.size()];
  }

  /** Whether these are the columns and the types, as objects. */
  boolean isOf(List<String> otherColumns, @Nullable Type @Nullable [] otherTypes) {
    return columns == otherColumns && types == otherTypes;
  }

  List<String> columns() {
    return columns;
  }

  /** Looks at the values of a row; true if one of them is a hole. */
  boolean see(ByteReader row) {
    int seen = 0;
    byte[] bytes = row.buffer();
    for (int i = 0; i < tags.length; i++) {
      int tag = bytes[row.position()];
      tags[i] |= 1 << tag;
      seen |= 1 << tag;
      if (tag == Values.INT) {
        row.skip(1);
        wideIntegers[i] |= !Values.isExactDouble(row.readSigned());
      } else if (isTyped(i)) {
        Values.skip(row);
      } else if (tag == Values.DOUBLE) {
        row.skip(1);
        doubles(i).see(Double.longBitsToDouble(row.readLong()));
      } else if (tag == Values.DECIMAL || tag == Values.LIST) {
        Type type = Values.typeOf(row);
        Type known = others[i];
        others[i] = known == null ? type : known.join(type);
      } else {
        Values.skip(row);
      }
    }

    return (seen & HOLE_TAGS) != 0;
  }

  private boolean isTyped(int column) {
    return types != null && types[column] != null;
  }

  private DoubleExtents doubles(int column) {
    DoubleExtents known = doubles[column];
    if (known == null) {
      known = new DoubleExtents();
      doubles[column] = known;
    }

    return known;
  }

  /** Type of a column: the given one, or the join of what was seen. */
  Type type(int column) {
    Type given = types == null ? null : types[column];
    if (given != null) {
      return ofGiven(column, given);
    }

    Type joined = Objects.requireNonNullElse(others[column], Type.NULL);
    for (int tag = 0; tag < Values.CARRIED; tag++) {
      if ((tags[column] & 1 << tag) != 0) {
        joined = joined.join(type(column, tag));
      }
    }

    return joined;
  }

  private Type type(int column, int tag) {
    return switch (tag) {
      case Values.DECIMAL, Values.LIST -> Type.NULL;
      case Values.INT -> wideIntegers[column] ? Type.WIDE_INT64 : Type.INT64;
      case Values.DOUBLE -> doubles(column).type();
      default -> Values.scalarType(tag);
    };
  }

  /** A given type says what the values are, but not how large they are, nor that none is text. */
  private Type ofGiven(int column, Type given) {
    if (given.kind() == Type.Kind.INT64 && wideIntegers[column]) {
      return given.join(Type.WIDE_INT64);
    }

    boolean hasText = (tags[column] & 1 << Values.STRING) != 0;
    return hasText && !isText(given) ? given.join(Type.STRING) : given;
  }

  private static boolean isText(Type type) {
    return switch (type.kind()) {
      case STRING, UUID, JSON -> true;
      default -> false;
    };
  }

  @Override
  public String toString() {
    return columns + " " + Arrays.toString(tags);
  }
}
