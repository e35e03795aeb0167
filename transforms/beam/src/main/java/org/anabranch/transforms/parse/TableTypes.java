package org.anabranch.transforms.parse;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** What is declared of a table, ready for use, and the plans for its images so far. */
final class TableTypes {

  /** Plans of names that are data would fill the memory. */
  private static final int MAX_PLANS = 1000;

  private final String name;
  private final List<String> key;
  private final Set<String> required;
  private final Map<String, ColumnType> declared = new HashMap<>();
  private final Map<String, ColumnType> base = new HashMap<>();
  private final Plans plans = new Plans(this::type);
  private final Plans plansAsSent = new Plans(this::typeAsSent);

  /**
   * @throws IllegalArgumentException for a declared type that does not exist
   */
  TableTypes(TableSpec spec) {
    name = spec.name();
    key = spec.key();
    required = spec.required();
    spec.columns().forEach((column, type) -> declared.put(column, ColumnType.parse(type)));
    spec.baseColumns().forEach((column, type) -> base.put(column, ColumnType.parse(type)));
  }

  String name() {
    return name;
  }

  /** Names of the declared key columns; empty where the key comes with each event. */
  List<String> key() {
    return key;
  }

  /** Type of a column: the declared one, else the one in the event's schema, else the base's. */
  ColumnType type(String column, @Nullable RowTypes types) {
    ColumnType type = typeAsSent(column, types);
    return type.equals(ColumnType.INFERRED) ? base.getOrDefault(column, type) : type;
  }

  private ColumnType typeAsSent(String column, @Nullable RowTypes types) {
    ColumnType type = declared.get(column);
    if (type != null) {
      return type;
    }

    return types == null ? ColumnType.INFERRED : types.column(column);
  }

  /** How to encode an image; the same object for the same shape and types. */
  ImagePlan plan(RawRow image) {
    return plans.of(image);
  }

  /** How to encode an image whose values do not all fit the base; null where that is no reason. */
  @Nullable ImagePlan planAsSent(RawRow image) {
    return base.isEmpty() ? null : plansAsSent.of(image);
  }

  /** Plans by types and shape. */
  private final class Plans {

    private final BiFunction<String, RowTypes, ColumnType> typing;
    private final Map<RowTypes, Map<Shape, ImagePlan>> known = new HashMap<>();
    private int count;
    private @Nullable ImagePlan last;

    Plans(BiFunction<String, RowTypes, ColumnType> typing) {
      this.typing = typing;
    }

    ImagePlan of(RawRow image) {
      RowTypes types = image.types() == null ? RowTypes.UNKNOWN : image.types();
      ImagePlan recent = last;
      if (recent != null && recent.isFor(image.shape(), types)) {
        return recent;
      }

      if (count > MAX_PLANS) {
        known.clear();
        count = 0;
      }

      ImagePlan plan =
          known
              .computeIfAbsent(types, key -> new HashMap<>())
              .computeIfAbsent(image.shape(), shape -> create(shape, types));
      last = plan;
      return plan;
    }

    private ImagePlan create(Shape shape, RowTypes types) {
      count++;
      List<ColumnType> columnTypes =
          shape.columns().stream().map(column -> typing.apply(column, types)).toList();
      return new ImagePlan(shape, types, columnTypes, required);
    }
  }
}
