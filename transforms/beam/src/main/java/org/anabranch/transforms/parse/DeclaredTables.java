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
 */
@Internal
public record DeclaredTables(Map<String, TableSpec> tables, Set<String> histories, Limits limits)
    implements Serializable {

  public DeclaredTables {
    tables = new LinkedHashMap<>(tables);
    histories = new TreeSet<>(histories);
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

  /** What follows for sources: how many tables and columns there may be. */
  public SourceRules sources() {
    return SourceRules.NONE.withLimits(
        limits.maxTables(), limits.maxColumns() * TableVerdict.COLUMNS_OF_RECORDS);
  }

  /**
   * The tables as a run should know them before it sees a change: those that are declared are made
   * when something comes for them, the table of dead letters in any case.
   *
   * @param withHistory tables that have a history, declared or stored
   */
  public RunReport report(Set<String> withHistory) {
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
              Map.of(TableReport.NAMED, 1L),
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

  private static TableFacts facts(TableSpec table) {
    TableFacts declared = TableFacts.of(TableFacts.DECLARED, table.name());
    return table.key().isEmpty()
        ? declared
        : declared.join(
            TableFacts.of(
                TableFacts.DECLARED_KEY, table.key().stream().sorted().collect(joining("+"))));
  }
}
