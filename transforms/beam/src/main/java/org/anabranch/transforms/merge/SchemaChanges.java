package org.anabranch.transforms.merge;

import java.io.Serializable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run may do to the schemas of tables that are stored already. A table that a run makes has
 * the schema of its rows, whatever is said here.
 *
 * @param others of tables that are not named
 * @param tables by name; what is said of a table is said of its history too
 */
public record SchemaChanges(Policy others, Map<String, Policy> tables) implements Serializable {

  /** What happens where rows do not fit the stored schema. */
  public enum Policy {
    /** The schema becomes the join of what is stored and what is seen. */
    EVOLVE,
    /** The run fails before anything is committed. */
    FAIL,
    /** The stored schema stays: new columns are left out, values that do not fit go to the dead. */
    IGNORE
  }

  /** All schemas follow the rows. */
  public static final SchemaChanges EVOLVE = new SchemaChanges(Policy.EVOLVE, Map.of());

  public SchemaChanges {
    tables = new LinkedHashMap<>(tables);
  }

  /** What is said of a table. */
  public Policy of(String table) {
    Policy named = tables.get(table);
    if (named != null) {
      return named;
    }

    String suffix = MergeConfig.HISTORY_SUFFIX;
    return table.endsWith(suffix)
        ? tables.getOrDefault(table.substring(0, table.length() - suffix.length()), others)
        : others;
  }

  /** The same where these tables, which are ours, follow the program unless they are named. */
  public SchemaChanges sparing(Collection<String> ours) {
    Map<String, Policy> all = new LinkedHashMap<>(tables);
    ours.forEach(table -> all.putIfAbsent(table, Policy.EVOLVE));
    return new SchemaChanges(others, all);
  }
}
