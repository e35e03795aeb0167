package org.anabranch.transforms.parse;

import java.io.Serializable;
import java.util.Map;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.TableStore;
import org.jspecify.annotations.Nullable;

/**
 * How records are parsed. Into which tables their changes go is known when the step that parses
 * them has been applied already, and before it runs.
 */
final class LateParsing implements Serializable {

  private static final long serialVersionUID = 1;

  private ParseConfig config;
  private @Nullable String target;

  LateParsing(ParseConfig config) {
    this.config = config;
  }

  ParseConfig config() {
    return config;
  }

  /**
   * Has it know the tables that the changes go into.
   *
   * @throws IllegalArgumentException where they go into others, too
   */
  void into(String lake, TableStore store, SchemaChanges schemaChanges) {
    String into = lake + ", schema evolution " + schemaChanges.others();
    if (target == null) {
      config =
          config.withTables(
              KnownTables.of(config.tables(), config.others(), store, schemaChanges, Map.of()));
      target = into;
    } else if (!target.equals(into)) {
      throw new IllegalArgumentException(
          "changes are parsed for the tables they go into, %s, but are to go into %s as well: apply ParseChanges to the records once more"
              .formatted(target, into));
    }
  }
}
