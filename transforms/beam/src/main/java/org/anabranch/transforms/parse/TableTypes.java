package org.anabranch.transforms.parse;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.model.Type;
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
  private final Map<String, ColumnType> base = new HashMap<>();
  private final Map<String, KeptType> kept = new HashMap<>();
  private final ShardFields shardFields;
  private final Plans plans = new Plans(Set.of());
  private final Map<Set<String>, Plans> plansAsSent = new HashMap<>();

  /**
   * @throws IllegalArgumentException for a declared type that does not exist
   */
  TableTypes(TableSpec spec) {
    name = spec.name();
    key = spec.key();
    storedKey = spec.storedKey();
    shardFields = new ShardFields(storedKey);
    required = spec.required();
    isOfFacts = spec.form() == TableSpec.Form.FACTS;
    logTimeColumn = spec.logTimeColumn();
    spec.columns().forEach((column, type) -> declared.put(column, ColumnType.parse(type)));
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

  /** Fields of the keys of its events that its rows do not have. */
  ShardFields shardFields() {
    return shardFields;
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

  /**
   * How to encode an image of which a value does not fit its column: as {@code plan} does, but that
   * column as it was sent, whatever the base has. Null where the base does not type the column.
   */
  @Nullable ImagePlan planAsSent(RawRow image, ImagePlan plan, int column) {
    String name = plan.shape().columns().get(column);
    if (plan.isAsSent(name) || !isTypedByBase(name, image.types())) {
      return null;
    }

    Set<String> asSent = new TreeSet<>(plan.asSent());
    asSent.add(name);
    return plansAsSent.computeIfAbsent(asSent, Plans::new).of(image);
  }

  private boolean isTypedByBase(String column, @Nullable RowTypes types) {
    return base.containsKey(column) && typeAsSent(column, types).equals(ColumnType.INFERRED);
  }

  /** Plans by types and shape. */
  private final class Plans {

    private final Set<String> asSent;
    private final Map<RowTypes, Map<Shape, ImagePlan>> known = new HashMap<>();
    private int count;
    private @Nullable ImagePlan last;

    Plans(Set<String> asSent) {
      this.asSent = asSent;
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
          stored.columns().stream()
              .map(
                  name ->
                      new ImagePlan.Column(
                          asSent.contains(name) ? typeAsSent(name, types) : type(name, types),
                          kept.get(name),
                          required.contains(name)))
              .toList();
      String missing = required.stream().filter(name -> !shape.has(name)).findFirst().orElse(null);
      return new ImagePlan(shape, stored, types, columns, missing, asSent);
    }
  }
}
