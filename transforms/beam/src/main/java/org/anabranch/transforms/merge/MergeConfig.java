package org.anabranch.transforms.merge;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
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
 */
public record MergeConfig(
    TableStore store,
    Set<String> histories,
    List<Projection> projections,
    RewriteRule rule,
    SourceRules sources)
    implements Serializable {

  /** Added to a table's name: its history. */
  public static final String HISTORY_SUFFIX = "_history";

  public MergeConfig {
    histories = new TreeSet<>(histories);
    projections = List.copyOf(projections);
  }

  /** Configuration of changes of whose sources nothing is declared. */
  public MergeConfig(
      TableStore store, Set<String> histories, List<Projection> projections, RewriteRule rule) {
    this(store, histories, projections, rule, SourceRules.NONE);
  }

  /** Configuration that rewrites buckets by cost. */
  public MergeConfig(TableStore store, Set<String> histories, List<Projection> projections) {
    this(store, histories, projections, RewriteRule.BY_COST);
  }

  /** Stored tables that changes are merged into: not histories, nor what later steps compute. */
  Set<String> mergedTables() {
    Set<String> tables = new TreeSet<>(store.buckets().keySet());
    histories.forEach(table -> tables.remove(table + HISTORY_SUFFIX));
    projections.forEach(projection -> tables.remove(projection.target()));
    return tables;
  }
}
