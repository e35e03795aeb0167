package org.anabranch.transforms.parse;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.model.Type;
import org.jspecify.annotations.Nullable;

/** How to encode images of one shape with one set of types. */
final class ImagePlan {

  /** Where the type of a column is from. */
  enum Origin {
    /** Declared: values that do not fit are refused. */
    DECLARED,
    /** From the event, the base or the values: it widens to hold what comes. */
    HINT,
    /** The same of a column of the key, which is a number or text. */
    KEY_HINT
  }

  /**
   * How to encode a column.
   *
   * @param type how its values are read
   * @param kept the stored type that values must fit; null where it may change
   * @param origin where the type is from
   * @param isRequired whether it must have a value
   */
  record Column(ColumnType type, @Nullable KeptType kept, Origin origin, boolean isRequired) {

    private int unchangedTags() {
      return kept == null ? type.unchangedTags() : type.unchangedTags() & kept.tags();
    }

    private @Nullable Type stored() {
      return kept == null ? type.type() : kept.type();
    }
  }

  private final Shape sent;
  private final Shape shape;
  private final RowTypes rowTypes;
  private final Column[] columns;
  private final int[] unchangedTags;
  private final List<String> leftOut;
  private final @Nullable String missing;
  private final @Nullable Type @Nullable [] types;
  private final Map<BitSet, Map<BitSet, @Nullable Type[]>> typesOfOthers = new HashMap<>();

  /**
   * @param sent shape of the images
   * @param shape what is encoded of them
   * @param columns of that shape
   * @param missing a required column that the images do not have
   */
  ImagePlan(
      Shape sent, Shape shape, RowTypes rowTypes, List<Column> columns, @Nullable String missing) {
    this.sent = sent;
    this.shape = shape;
    this.rowTypes = rowTypes;
    this.columns = columns.toArray(Column[]::new);
    this.missing = missing;
    unchangedTags = columns.stream().mapToInt(Column::unchangedTags).toArray();
    leftOut = sent.columns().stream().filter(column -> !shape.has(column)).toList();
    boolean typed = columns.stream().anyMatch(column -> column.stored() != null);
    types = typed ? storedTypes() : null;
  }

  private @Nullable Type[] storedTypes() {
    @Nullable Type[] stored = new @Nullable Type[columns.length];
    for (int i = 0; i < stored.length; i++) {
      stored[i] = columns[i].stored();
    }

    return stored;
  }

  boolean isFor(Shape otherShape, RowTypes otherTypes) {
    return sent == otherShape && rowTypes == otherTypes;
  }

  /** The columns that are encoded. */
  Shape shape() {
    return shape;
  }

  /** The columns that are not; the same object for all images of the plan. */
  List<String> leftOut() {
    return leftOut;
  }

  int size() {
    return columns.length;
  }

  ColumnType type(int column) {
    return columns[column].type();
  }

  /** The stored type that values of a column must fit; null where it may change. */
  @Nullable KeptType kept(int column) {
    return columns[column].kept();
  }

  /** Whether a raw value with this tag is stored as it is. */
  boolean isUnchanged(int column, int tag) {
    return (unchangedTags[column] >>> tag & 1) != 0;
  }

  Origin origin(int column) {
    return columns[column].origin();
  }

  boolean isRequired(int column) {
    return columns[column].isRequired();
  }

  /** A required column that images of this shape do not have; null if there is none. */
  @Nullable String missing() {
    return missing;
  }

  /** Stored types by column; null where all follow from the values. */
  @Nullable Type @Nullable [] types() {
    return types;
  }

  /**
   * Stored types of an image some of whose columns became JSON text, and some of whose values their
   * types could not hold: the types of the latter follow from the values.
   */
  @Nullable Type[] types(BitSet jsonColumns, BitSet widened) {
    Map<BitSet, @Nullable Type[]> known = typesOfOthers.get(jsonColumns);
    if (known == null) {
      known = new HashMap<>();
      typesOfOthers.put((BitSet) jsonColumns.clone(), known);
    }

    @Nullable Type[] types = known.get(widened);
    if (types == null) {
      types = storedTypes();
      replace(types, widened, null);
      replace(types, jsonColumns, Type.JSON);
      known.put((BitSet) widened.clone(), types);
    }

    return types;
  }

  private void replace(@Nullable Type[] types, BitSet replaced, @Nullable Type type) {
    replaced.stream()
        .filter(column -> columns[column].kept() == null)
        .forEach(column -> types[column] = type);
  }
}
