package org.anabranch.lake;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.types.Type.PrimitiveType;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * How the Iceberg schema of a table comes to hold the columns of a run. Given the same version of
 * the table and the same columns, every worker and the commit plan the same schema with the same
 * field ids.
 *
 * <p>New columns are optional. An integer becomes a long, and a decimal gets more digits, in place.
 * Any other change of a type replaces the column by a new one of the same name: the values are in
 * the files under the id of the old one and have to be rewritten, unless only nulls were stored. So
 * has text, which stays what it is, once both booleans and numbers are among it. The column of the
 * bucket stays the last. Columns that the run does not know stay as they are.
 */
final class SchemaPlan {

  private final Schema icebergSchema;
  private final List<Consumer<UpdateSchema>> steps;
  private final List<Column> changed;
  private final boolean mustRewrite;

  private SchemaPlan(Schema icebergSchema, Steps steps) {
    this.icebergSchema = icebergSchema;
    this.steps = steps.list;
    changed = steps.changed;
    mustRewrite = steps.mustRewrite;
  }

  /**
   * Plans the schema of a table.
   *
   * @param table as it is stored; null where it is new
   * @param storedColumns of the table, as our schema has them
   * @param schema of the table with what the run adds
   */
  static SchemaPlan of(
      @Nullable Table table, List<Column> storedColumns, org.anabranch.model.Schema schema) {
    if (schema.column(LakeLayout.BUCKET) != null) {
      throw new IllegalArgumentException(
          "a table must not have a column " + LakeLayout.BUCKET + ": it is the bucket of the row");
    }

    if (table == null) {
      Schema made = ofNewTable(schema);
      return new SchemaPlan(made, new Steps(made, schema.columns()));
    }

    Steps steps = new Steps(table.schema(), storedColumns);
    @Nullable String previous = null;
    for (Column column : schema.columns()) {
      steps.add(column, previous);
      previous = column.name();
    }

    if (steps.list.isEmpty()) {
      return new SchemaPlan(table.schema(), steps);
    }

    UpdateSchema update = table.updateSchema();
    steps.list.forEach(step -> step.accept(update));
    return new SchemaPlan(update.apply(), steps);
  }

  private static Schema ofNewTable(org.anabranch.model.Schema schema) {
    AtomicInteger ids = new AtomicInteger();
    List<NestedField> fields = new ArrayList<>();
    for (Column column : schema.columns()) {
      org.apache.iceberg.types.Type type = IcebergTypes.of(column.type(), ids::incrementAndGet);
      fields.add(NestedField.optional(ids.incrementAndGet(), column.name(), type));
    }

    fields.add(
        NestedField.optional(ids.incrementAndGet(), LakeLayout.BUCKET, Types.IntegerType.get()));
    return TypeUtil.assignIncreasingFreshIds(new Schema(fields));
  }

  /** The schema of the table once the run is committed; a new table is created with it. */
  Schema icebergSchema() {
    return icebergSchema;
  }

  /** Whether stored values do not fit the new schema, so that all files have to be replaced. */
  boolean mustRewrite() {
    return mustRewrite;
  }

  /** Whether the stored table has the schema already, or is created with it. */
  boolean isEmpty() {
    return steps.isEmpty();
  }

  /** Columns that a stored table gets, or gets with another type. */
  List<Column> changed() {
    return changed;
  }

  /** Makes the changes part of an update of the table's schema. */
  void applyTo(UpdateSchema update) {
    steps.forEach(step -> step.accept(update));
  }

  private static final class Steps {

    private final Schema stored;
    private final Map<String, Type> storedTypes = new HashMap<>();
    private final List<Consumer<UpdateSchema>> list = new ArrayList<>();
    private final List<Column> changed = new ArrayList<>();
    private boolean mustRewrite;

    Steps(Schema stored, List<Column> storedColumns) {
      this.stored = stored;
      storedColumns.forEach(column -> storedTypes.put(column.name(), column.type()));
    }

    void add(Column column, @Nullable String previous) {
      String name = column.name();
      NestedField field = stored.asStruct().field(name);
      org.apache.iceberg.types.Type wanted =
          IcebergTypes.of(column.type(), new AtomicInteger()::incrementAndGet);
      if (field != null && holds(field.type(), wanted)) {
        mustRewrite |= isNewlyMixed(storedTypes.getOrDefault(name, Type.NULL), column.type());
        return;
      }

      changed.add(column);
      if (field == null) {
        create(name, wanted, previous);
        return;
      }

      if (holds(wanted, field.type())) {
        promote(name, field.type(), wanted);
        return;
      }

      list.add(update -> update.deleteColumn(name));
      create(name, wanted, previous);
      Type old = storedTypes.get(name);
      mustRewrite |= old == null || old.kind() != Type.Kind.NULL;
    }

    /** Whether texts of booleans have to become numbers, though the column stays text. */
    private static boolean isNewlyMixed(Type old, Type type) {
      return type.isMixed() && !old.isMixed() && old.kind() != Type.Kind.NULL;
    }

    /** With its parent given as none, a name may hold dots. */
    private void create(
        String name, org.apache.iceberg.types.Type type, @Nullable String previous) {
      list.add(update -> addTopLevel(update, name, type));
      list.add(
          previous == null
              ? update -> update.moveFirst(name)
              : update -> update.moveAfter(name, previous));
    }

    @SuppressWarnings("NullAway") // Null is what the interface documents for the top level.
    private static void addTopLevel(
        UpdateSchema update, String name, org.apache.iceberg.types.Type type) {
      update.addColumn(null, name, type);
    }

    private void promote(
        String name, org.apache.iceberg.types.Type from, org.apache.iceberg.types.Type to) {
      if (from.isListType()) {
        promote(name + ".element", from.asListType().elementType(), to.asListType().elementType());
        return;
      }

      PrimitiveType target = to.asPrimitiveType();
      list.add(update -> update.updateColumn(name, target));
    }

    /** Whether values of one type may be read under the other without being rewritten. */
    private static boolean holds(
        org.apache.iceberg.types.Type wide, org.apache.iceberg.types.Type narrow) {
      if (wide.isListType() && narrow.isListType()) {
        return holds(wide.asListType().elementType(), narrow.asListType().elementType());
      }

      return wide.isPrimitiveType() && TypeUtil.isPromotionAllowed(narrow, wide.asPrimitiveType());
    }
  }
}
