package org.anabranch.transforms.merge;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What comes out of a merge.
 *
 * @param store where tables are written
 * @param histories tables that also get a history
 * @param projections rows handed on to later steps
 * @param rule when buckets are rewritten
 */
public record MergeConfig(
    TableStore store, Set<String> histories, List<Projection> projections, RewriteRule rule)
    implements Serializable {

  /** Added to a table's name: its history. */
  public static final String HISTORY_SUFFIX = "_history";

  public MergeConfig {
    histories = new TreeSet<>(histories);
    projections = List.copyOf(projections);
  }

  /** Configuration that rewrites buckets by cost. */
  public MergeConfig(TableStore store, Set<String> histories, List<Projection> projections) {
    this(store, histories, projections, RewriteRule.BY_COST);
  }

  /**
   * Number of buckets of a table, stored or not. A history lies in the buckets of its table, and
   * may be stored before it.
   */
  int buckets(String table) {
    Map<String, Integer> stored = store.buckets();
    int others = stored.getOrDefault(table + HISTORY_SUFFIX, store.bucketsOfNewTables());
    return stored.getOrDefault(table, others);
  }

  /** Stored tables that changes are merged into: not histories, nor what later steps compute. */
  Set<String> mergedTables() {
    Set<String> tables = new TreeSet<>(store.buckets().keySet());
    histories.forEach(table -> tables.remove(table + HISTORY_SUFFIX));
    projections.forEach(projection -> tables.remove(projection.target()));
    return tables;
  }
}
