package org.anabranch.transforms.parse;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is declared of a table, ready for use, and the plans for its images so far. */
final class TableTypes {

  /** Plans of names that are data would fill the memory. */
  private static final int MAX_PLANS = 1000;

  private final String name;
  private final List<String> key;
  private final Set<String> required;
  private final Map<String, ColumnType> declared = new HashMap<>();
  private final Map<RowTypes, Map<Shape, ImagePlan>> plans = new HashMap<>();
  private int planCount;
  private @Nullable ImagePlan last;

  /**
   * @throws IllegalArgumentException for a declared type that does not exist
   */
  TableTypes(TableSpec spec) {
    name = spec.name();
    key = spec.key();
    required = spec.required();
    spec.columns().forEach((column, type) -> declared.put(column, ColumnType.parse(type)));
  }

  String name() {
    return name;
  }

  /** Names of the declared key columns; empty where the key comes with each event. */
  List<String> key() {
    return key;
  }

  /** Type of a column: the declared one, else the one in the event's schema. */
  ColumnType type(String column, @Nullable RowTypes types) {
    ColumnType type = declared.get(column);
    if (type != null) {
      return type;
    }

    return types == null ? ColumnType.INFERRED : types.column(column);
  }

  /** How to encode an image; the same object for the same shape and types. */
  ImagePlan plan(RawRow image) {
    RowTypes types = image.types() == null ? RowTypes.UNKNOWN : image.types();
    ImagePlan known = last;
    if (known != null && known.isFor(image.shape(), types)) {
      return known;
    }

    if (planCount > MAX_PLANS) {
      plans.clear();
      planCount = 0;
    }

    ImagePlan plan =
        plans
            .computeIfAbsent(types, key -> new HashMap<>())
            .computeIfAbsent(image.shape(), shape -> create(shape, types));
    last = plan;
    return plan;
  }

  private ImagePlan create(Shape shape, RowTypes types) {
    planCount++;
    List<ColumnType> columnTypes =
        shape.columns().stream().map(column -> type(column, types)).toList();
    return new ImagePlan(shape, types, columnTypes, required);
  }
}
