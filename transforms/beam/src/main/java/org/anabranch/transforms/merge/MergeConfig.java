package org.anabranch.transforms.merge;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.transforms.source.SourceRules;

/**
 * What comes out of a merge.
 *
 * @param store where tables are written
 * @param histories tables that also get a history
 * @param projections rows handed on to later steps
 * @param rule when buckets are rewritten
 * @param sources what is declared of the sources of changes
 * @param rekeyed columns of the new key by table, where the table is not stored by it or by keys of
 *     the form before
 */
public record MergeConfig(
    TableStore store,
    Set<String> histories,
    List<Projection> projections,
    RewriteRule rule,
    SourceRules sources,
    Map<String, List<String>> rekeyed)
    implements Serializable {

  /** Added to a table's name: its history. */
  public static final String HISTORY_SUFFIX = "_history";

  public MergeConfig {
    histories = new TreeSet<>(histories);
    projections = List.copyOf(projections);
    rekeyed = new TreeMap<>(rekeyed);
  }

  /** Configuration in which all tables keep their keys, and nothing is declared of sources. */
  public MergeConfig(
      TableStore store, Set<String> histories, List<Projection> projections, RewriteRule rule) {
    this(store, histories, projections, rule, SourceRules.NONE, Map.of());
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

  /** The same with another view of what is stored. */
  MergeConfig withStore(TableStore other) {
    return new MergeConfig(other, histories, projections, rule, sources, rekeyed);
  }

  /**
   * The same, in which tables get the keys that are declared and those of the form before that of
   * today.
   *
   * @param declared columns of the key by table
   */
  public MergeConfig rekeying(Map<String, List<String>> declared) {
    Map<String, List<String>> changed = new TreeMap<>();
    for (String table : mergedTables()) {
      List<String> stored = store.key(table);
      List<String> key = declared.getOrDefault(table, stored);
      String history = table + HISTORY_SUFFIX;
      // A history is committed before its table, so that it may be ahead.
      boolean isHistoryOther =
          histories.contains(table)
              && !store.key(history).isEmpty()
              && (!store.key(history).equals(key) || store.hasOldKeys(history));
      boolean isOther = !stored.equals(key) || store.hasOldKeys(table) || isHistoryOther;
      if (!stored.isEmpty() && isOther) {
        changed.put(table, key);
      }
    }

    return new MergeConfig(store, histories, projections, rule, sources, changed);
  }

  /** Stored tables that changes are merged into: not histories, nor what later steps compute. */
  Set<String> mergedTables() {
    Set<String> tables = new TreeSet<>(store.buckets().keySet());
    histories.forEach(table -> tables.remove(table + HISTORY_SUFFIX));
    projections.forEach(projection -> tables.remove(projection.target()));
    return tables;
  }
}
