package org.anabranch.transforms.report;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.source.TableFacts;
import org.jspecify.annotations.Nullable;

/**
 * What a run, or a part of it, did. Reports of bundles are joined: schemas as schemas join, counts
 * by sum, files and facts as a union. Each part is made once per committed bundle and travels as
 * data, so that the counts are exact where runner metrics of repeated bundles are not.
 */
public final class RunReport {

  public static final RunReport EMPTY = new RunReport(Map.of());

  private final Map<String, TableReport> tables;

  private RunReport(Map<String, TableReport> tables) {
    this.tables = Collections.unmodifiableMap(tables);
  }

  public static RunReport of(Collection<TableReport> tables) {
    Map<String, TableReport> byName = new TreeMap<>();
    tables.forEach(table -> byName.merge(table.table(), table, TableReport::join));
    return new RunReport(byName);
  }

  public RunReport join(RunReport other) {
    Map<String, TableReport> joined = new TreeMap<>(tables);
    other.tables.forEach((name, table) -> joined.merge(name, table, TableReport::join));
    return new RunReport(joined);
  }

  /** Tables by name. */
  public List<TableReport> tables() {
    return List.copyOf(tables.values());
  }

  public @Nullable TableReport table(String name) {
    return tables.get(name);
  }

  /**
   * Reads the report that {@link WriteReport} left, from the file {@link WriteReport#FILE}.
   *
   * @throws CutOffReportException where it is not complete: no commit has begun
   */
  public static RunReport read(InputStream file) throws IOException {
    return RunReportCoder.fromFile(file.readAllBytes()).withoutMereNames();
  }

  /** The same, where tables that were named, and of which nothing came, are not made. */
  private RunReport withoutMereNames() {
    List<TableReport> kept = new ArrayList<>();
    for (TableReport report : tables.values()) {
      TableReport named =
          report.table().endsWith(MergeConfig.HISTORY_SUFFIX)
              ? tables.get(
                  report
                      .table()
                      .substring(0, report.table().length() - MergeConfig.HISTORY_SUFFIX.length()))
              : report;
      boolean isMereName = named != null && named.isOnlyNamed() && report.files().isEmpty();
      kept.add(isMereName ? report.unpublished() : report);
    }

    return of(kept);
  }

  /** Key columns of a table; empty where they are not known. */
  public List<String> key(String table) {
    TableReport report = tables.get(table);
    return report == null ? List.of() : report.key();
  }

  /** Facts of a table; none where nothing was seen of it. */
  public TableFacts facts(String table) {
    TableReport report = tables.get(table);
    return report == null ? TableFacts.NONE : report.facts();
  }

  /** Schema of a table; empty where nothing was seen of it. */
  public Schema schema(String table) {
    TableReport report = tables.get(table);
    return report == null ? Schema.EMPTY : report.schema();
  }
}
