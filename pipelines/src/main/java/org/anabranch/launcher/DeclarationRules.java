package org.anabranch.launcher;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.parse.TableSpec.Form;

/** What names, keys and types of tables may be. Messages continue a sentence on the option. */
final class DeclarationRules {

  private DeclarationRules() {}

  /**
   * Checks the name of a table.
   *
   * @throws IllegalArgumentException saying what is allowed
   */
  static String table(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("must not have a table without a name");
    }

    if (name.equals(TargetOptions.DEAD_LETTERS)) {
      throw new IllegalArgumentException(
          "must not name '" + name + "': records that cannot be processed go there");
    }

    if (name.startsWith(".") || name.startsWith("_") || name.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "must name tables that can be directories, not beginning with . or _, but was: " + name);
    }

    return name;
  }

  /** Checks the key columns of a table. */
  static List<String> key(String table, List<String> columns) {
    if (columns.isEmpty() || columns.contains("")) {
      throw new IllegalArgumentException("must name the key columns of table '" + table + "'");
    }

    if (Set.copyOf(columns).size() < columns.size()) {
      throw new IllegalArgumentException(
          "must name a key column of table '" + table + "' once, but was: " + columns);
    }

    return columns;
  }

  /** Reads what happens where rows do not fit a stored schema. */
  static Policy policy(String text) {
    return switch (text) {
      case "evolve" -> Policy.EVOLVE;
      case "fail" -> Policy.FAIL;
      case "ignore" -> Policy.IGNORE;
      default ->
          throw new IllegalArgumentException("must be evolve, fail or ignore, but was: " + text);
    };
  }

  /** Checks the type of a column. */
  static String type(String column, String type) {
    if (column.isBlank()) {
      throw new IllegalArgumentException("must name each column, but was: " + type);
    }

    try {
      // The schema of a table of this one column reads the type.
      new TableSpec("checked", List.of(), Map.of(column, type), Set.of(), Form.CHANGES).schema();
      return type;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "must give column '" + column + "' a type: " + Reasons.of(e), e);
    }
  }
}
