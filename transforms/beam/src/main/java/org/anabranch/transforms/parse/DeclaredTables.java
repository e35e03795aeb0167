package org.anabranch.transforms.parse;

import static java.util.stream.Collectors.joining;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.model.Internal;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.Projection;
import org.anabranch.transforms.merge.RewriteRule;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.SourceRules;
import org.anabranch.transforms.source.TableFacts;
import org.anabranch.transforms.source.TableVerdict;

/**
 * What was declared of the tables of a {@link ChangeCollection}, for whoever merges its changes.
 *
 * @param tables by name
 * @param histories tables that also get a history
 * @param limits of records
 * @param rules what is declared of the sources of changes
 */
@Internal
public record DeclaredTables(
    Map<String, TableSpec> tables, Set<String> histories, Limits limits, SourceRules rules)
    implements Serializable {

  public DeclaredTables {
    tables = new LinkedHashMap<>(tables);
    histories = new TreeSet<>(histories);
  }

  /** Tables of whose sources nothing is declared. */
  public DeclaredTables(Map<String, TableSpec> tables, Set<String> histories, Limits limits) {
    this(tables, histories, limits, SourceRules.NONE);
  }

  /** The same tables as others know them. */
  public DeclaredTables as(Map<String, TableSpec> known) {
    Map<String, TableSpec> same = new LinkedHashMap<>(tables);
    same.replaceAll((table, spec) -> known.getOrDefault(table, spec));
    return new DeclaredTables(same, histories, limits, rules);
  }

  /** Declared columns of the key by table, where there are any. */
  public Map<String, List<String>> keys() {
    Map<String, List<String>> keys = new TreeMap<>();
    for (TableSpec table : tables.values()) {
      if (!table.key().isEmpty()) {
        keys.put(table.name(), table.key());
      }
    }

    return keys;
  }

  /** What is declared of sources, and how many tables and columns they may have. */
  public SourceRules sources() {
    return rules.withLimits(
        limits.maxTables(), limits.maxColumns() * TableVerdict.COLUMNS_OF_RECORDS);
  }

  /**
   * The tables as a run should know them before it sees a change.
   *
   * @param withHistory tables that have a history, declared or stored
   * @param areMade whether declared tables are made in any case, as that of dead letters is; else
   *     when something comes for them
   */
  public RunReport report(Set<String> withHistory, boolean areMade) {
    List<TableReport> reports = new ArrayList<>();
    reports.add(
        new TableReport(
            DeadLetters.TABLE, DeadLetters.KEY, DeadLetters.schema(), List.of(), Map.of()));
    for (TableSpec table : tables.values()) {
      Schema schema = table.schema();
      reports.add(
          new TableReport(
              table.name(),
              table.key(),
              schema,
              List.of(),
              areMade ? Map.of() : Map.of(TableReport.NAMED, 1L),
              Map.of(),
              facts(table)));
      if (withHistory.contains(table.name())) {
        reports.add(
            new TableReport(
                table.name() + MergeConfig.HISTORY_SUFFIX,
                table.key(),
                MergeBuckets.historySchema(schema),
                List.of(),
                Map.of()));
      }
    }

    return RunReport.of(reports);
  }

  /**
   * How changes are merged into stored tables.
   *
   * @throws IllegalArgumentException where a history is asked for that cannot be kept
   */
  public MergeConfig merging(TableStore store, RewriteRule rule, List<Projection> projections) {
    return new MergeConfig(store, histories(store), projections, rule, sources(), Map.of())
        .rekeying(keys());
  }

  /**
   * Tables that have a history: those that are declared so, and those that have one already.
   *
   * @throws IllegalArgumentException for a table that is stored without one
   */
  public Set<String> histories(TableStore store) {
    List<String> without = storedWithoutHistory(store);
    if (!without.isEmpty()) {
      throw new IllegalArgumentException(
          "table '%s' is stored without a history, which can be kept from the first commit on only"
              .formatted(without.get(0)));
    }

    Set<String> all = new TreeSet<>(histories);
    store.buckets().keySet().stream().filter(table -> hasHistory(store, table)).forEach(all::add);
    return all;
  }

  /** Tables that are declared to have a history, and are stored without one. */
  public List<String> storedWithoutHistory(TableStore store) {
    return histories.stream()
        .filter(table -> store.buckets().containsKey(table) && !hasHistory(store, table))
        .toList();
  }

  private static boolean hasHistory(TableStore store, String table) {
    return MergeBuckets.isHistory(store.schema(table + MergeConfig.HISTORY_SUFFIX));
  }

  private static TableFacts facts(TableSpec table) {
    TableFacts declared = TableFacts.of(TableFacts.DECLARED, table.name());
    return table.key().isEmpty()
        ? declared
        : declared.join(
            TableFacts.of(
                TableFacts.DECLARED_KEY, table.key().stream().sorted().collect(joining("+"))));
  }
}
