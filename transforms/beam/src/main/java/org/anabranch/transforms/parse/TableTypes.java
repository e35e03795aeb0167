package org.anabranch.transforms.parse;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.Type;
import org.anabranch.transforms.parse.ImagePlan.Origin;
import org.jspecify.annotations.Nullable;

/** What is declared of a table, ready for use, and the plans for its images so far. */
final class TableTypes {

  /** Plans of names that are data would fill the memory. */
  private static final int MAX_PLANS = 1000;

  private final String name;
  private final List<String> key;
  private final List<String> storedKey;
  private final Set<String> required;
  private final boolean isOfFacts;
  private final String logTimeColumn;
  private final Map<String, ColumnType> declared = new HashMap<>();
  private final Map<String, String> declarations = new HashMap<>();
  private final Map<String, ColumnType> base = new HashMap<>();
  private final Map<String, KeptType> kept = new HashMap<>();
  private final Map<List<String>, Plans> plans = new HashMap<>();
  private Plans lastPlans = new Plans(List.of());

  /**
   * @throws IllegalArgumentException for a declared type that does not exist
   */
  TableTypes(TableSpec spec) {
    name = spec.name();
    key = spec.key();
    storedKey = spec.storedKey();
    required = spec.required();
    isOfFacts = spec.form() == TableSpec.Form.FACTS;
    logTimeColumn = spec.logTimeColumn();
    spec.columns().forEach((column, type) -> declared.put(column, ColumnType.parse(type)));
    spec.columns()
        .forEach((column, type) -> declarations.put(column, name + ":" + column + " " + type));
    spec.baseColumns().forEach((column, type) -> base.put(column, ColumnType.parse(type)));
    spec.keptColumns().forEach((column, type) -> kept.put(column, new KeptType(Type.parse(type))));
  }

  String name() {
    return name;
  }

  /** Names of the declared key columns; empty where the key comes with each event. */
  List<String> key() {
    return key;
  }

  /** Names of the key columns that the table is stored by; empty where it is not stored. */
  List<String> storedKey() {
    return storedKey;
  }

  /** Whether of the rows with the same key the first one in the log is valid. */
  boolean isOfFacts() {
    return isOfFacts;
  }

  /** Column for the time the log has for a record; empty without one. */
  String logTimeColumn() {
    return logTimeColumn;
  }

  /** Type of a column: the declared one, else the one in the event's schema, else the base's. */
  ColumnType type(String column, @Nullable RowTypes types) {
    ColumnType type = declared.get(column);
    if (type != null) {
      return type;
    }

    ColumnType sent = types == null ? ColumnType.INFERRED : types.column(column);
    return sent.equals(ColumnType.INFERRED) ? base.getOrDefault(column, sent) : sent;
  }

  /** Whether the column's type is declared, so that nothing else may come in it. */
  boolean isDeclared(String column) {
    return declared.containsKey(column);
  }

  /** How a column is declared, as the option is written; empty where it is not. */
  String declaration(String column) {
    return declarations.getOrDefault(column, "");
  }

  /** Whether somebody other than the events says that the column has booleans. */
  boolean isBoolean(String column) {
    ColumnType type = declared.getOrDefault(column, base.get(column));
    return type != null && type.reading() == ColumnType.Reading.BOOLEAN;
  }

  /**
   * How to encode an image whose key has these columns; the same object for the same key, shape and
   * types.
   */
  ImagePlan plan(RawRow image, List<String> imageKey) {
    if (lastPlans.imageKey != imageKey) {
      if (plans.size() > MAX_PLANS) {
        plans.clear();
      }

      lastPlans = plans.computeIfAbsent(imageKey, added -> new Plans(added));
      lastPlans.imageKey = imageKey;
    }

    return lastPlans.of(image);
  }

  /** Plans by types and shape. */
  private final class Plans {

    /** The list that was asked for last, so that it is known again by a look. */
    private List<String> imageKey;

    private final Map<RowTypes, Map<Shape, ImagePlan>> known = new HashMap<>();
    private int count;
    private @Nullable ImagePlan last;

    Plans(List<String> imageKey) {
      this.imageKey = imageKey;
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
      Shape stored = kept.isEmpty() ? shape : shape.only(kept.keySet());
      List<ImagePlan.Column> columns =
          stored.columns().stream().map(name -> column(name, types)).toList();
      String missing = required.stream().filter(name -> !shape.has(name)).findFirst().orElse(null);
      return new ImagePlan(shape, stored, types, columns, missing);
    }

    private ImagePlan.Column column(String name, RowTypes types) {
      boolean isOfKey = imageKey.contains(name);
      ColumnType type = type(name, types);
      Origin hint = isOfKey ? Origin.KEY_HINT : Origin.HINT;
      return new ImagePlan.Column(
          isOfKey ? type.ofKey() : type,
          kept.get(name),
          isDeclared(name) ? Origin.DECLARED : hint,
          required.contains(name));
    }
  }
}
