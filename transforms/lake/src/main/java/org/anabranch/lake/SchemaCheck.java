package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/** Finds what a commit would make of the schema of a stored table. */
final class SchemaCheck {

  private SchemaCheck() {}

  /**
   * Looks whether all tables may have the schemas that commits of a report would give them.
   *
   * @throws SchemaChangeException where not, with all that is refused
   */
  static void require(LakeCatalog catalog, RunReport report, SchemaChanges allowed)
      throws IOException {
    List<SchemaChange> refused = new ArrayList<>();
    for (TableReport table : report.tables()) {
      boolean mustStay = allowed.of(table.table()) != Policy.EVOLVE;
      // A history has the columns of its table.
      if (mustStay && table.published() && !TableFamily.isHistory(report, table.table())) {
        TableOperations now = catalog.load(table.table());
        refused.addAll(now == null ? List.of() : changes(now, table));
      }
    }

    if (!refused.isEmpty()) {
      throw new SchemaChangeException(refused);
    }
  }

  /** What a commit of a report would change of a table as it is now. */
  private static List<SchemaChange> changes(TableOperations loaded, TableReport report)
      throws IOException {
    String table = report.table();
    String stateName = States.current(loaded.current());
    if (stateName.isEmpty()) {
      // Of others: the commit refuses it.
      return List.of();
    }

    Schema stored = States.read(table, loaded.io(), loaded.current(), stateName).schema();
    Table now = new BaseTable(loaded, table);
    SchemaPlan plan = SchemaPlan.of(now, stored.columns(), stored.join(report.schema()));
    return changes(now, table, stored, plan);
  }

  /** What a plan changes of the source's columns; nothing where their types are not known yet. */
  static List<SchemaChange> changes(Table now, String table, Schema stored, SchemaPlan plan) {
    List<SchemaChange> changes = new ArrayList<>();
    if (!MergeBuckets.isTyped(stored)) {
      return changes;
    }

    for (Column column : MergeBuckets.sourceColumns(Schema.of(plan.changed())).columns()) {
      NestedField field = now.schema().asStruct().field(column.name());
      changes.add(
          new SchemaChange(
              table,
              column.name(),
              field == null ? null : text(field, stored.column(column.name())),
              column.type()));
    }

    return changes;
  }

  private static String text(NestedField field, @Nullable Column known) {
    if (known == null) {
      return field.type().toString();
    }

    return known.type().equals(Type.NULL) ? "string, all null" : known.type().plain().toString();
  }
}
