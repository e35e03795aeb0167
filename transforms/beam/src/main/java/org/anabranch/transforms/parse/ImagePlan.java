package org.anabranch.transforms.parse;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.Type;
import org.jspecify.annotations.Nullable;

/** How to encode images of one shape with one set of types. */
final class ImagePlan {

  private final Shape shape;
  private final RowTypes rowTypes;
  private final Set<String> asSent;
  private final ColumnType[] columnTypes;
  private final int[] unchangedTags;
  private final boolean[] required;
  private final @Nullable String missing;
  private final @Nullable Type @Nullable [] types;
  private final Map<BitSet, @Nullable Type[]> typesWithJson = new HashMap<>();

  ImagePlan(
      Shape shape,
      RowTypes rowTypes,
      List<ColumnType> columnTypes,
      Set<String> required,
      Set<String> asSent) {
    this.shape = shape;
    this.asSent = asSent;
    this.rowTypes = rowTypes;
    this.columnTypes = columnTypes.toArray(ColumnType[]::new);
    unchangedTags = columnTypes.stream().mapToInt(ColumnType::unchangedTags).toArray();
    this.required = new boolean[unchangedTags.length];
    for (int i = 0; i < unchangedTags.length; i++) {
      this.required[i] = required.contains(shape.columns().get(i));
    }

    missing = required.stream().filter(column -> !shape.has(column)).findFirst().orElse(null);
    boolean typed = columnTypes.stream().anyMatch(type -> type.type() != null);
    types = typed ? storedTypes() : null;
  }

  private @Nullable Type[] storedTypes() {
    @Nullable Type[] stored = new @Nullable Type[columnTypes.length];
    for (int i = 0; i < stored.length; i++) {
      stored[i] = columnTypes[i].type();
    }

    return stored;
  }

  boolean isFor(Shape otherShape, RowTypes otherTypes) {
    return shape == otherShape && rowTypes == otherTypes;
  }

  /** Columns that are encoded as they were sent, though the base has a type for them. */
  Set<String> asSent() {
    return asSent;
  }

  boolean isAsSent(String column) {
    return asSent.contains(column);
  }

  Shape shape() {
    return shape;
  }

  int size() {
    return columnTypes.length;
  }

  ColumnType type(int column) {
    return columnTypes[column];
  }

  /** Whether a raw value with this tag is stored as it is. */
  boolean isUnchanged(int column, int tag) {
    return (unchangedTags[column] >>> tag & 1) != 0;
  }

  boolean isRequired(int column) {
    return required[column];
  }

  /** A required column that images of this shape do not have; null if there is none. */
  @Nullable String missing() {
    return missing;
  }

  /** Stored types by column; null where all follow from the values. */
  @Nullable Type @Nullable [] types() {
    return types;
  }

  /** Stored types of an image some of whose columns became JSON text. */
  @Nullable Type[] types(BitSet jsonColumns) {
    @Nullable Type[] known = typesWithJson.get(jsonColumns);
    if (known != null) {
      return known;
    }

    @Nullable Type[] stored = storedTypes();
    jsonColumns.stream().forEach(column -> stored[column] = Type.JSON);
    typesWithJson.put((BitSet) jsonColumns.clone(), stored);
    return stored;
  }
}
