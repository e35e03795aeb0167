package org.anabranch.pipelines;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.files.InputFiles;
import org.anabranch.files.ReadBase;
import org.anabranch.model.Internal;
import org.anabranch.model.Schema;
import org.anabranch.pipelines.ChangeSource.ChangeFiles;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.BucketCounts;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.DeclaredTables;
import org.anabranch.transforms.parse.KnownTables;
import org.anabranch.transforms.parse.Limits;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.Route;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.source.SourceRules;

/**
 * Changes and the tables they become.
 *
 * @param source where the changes come from
 * @param tables declared tables by name
 * @param others what happens to tables that are not declared
 * @param tombstones what records without a value mean
 * @param unavailableValue text of values the source did not send
 * @param bases globs of Parquet files by table: rows below every change
 * @param histories tables that also get a history
 * @param buckets per table; 0 chooses by the size of the input
 * @param sources what is declared of the sources of changes
 * @param routes to which tables changes go; the first one that matches decides
 * @param limits what a record may be like at most
 */
@Internal
public record TablesConfig(
    ChangeSource source,
    Map<String, TableSpec> tables,
    Others others,
    Tombstones tombstones,
    String unavailableValue,
    Map<String, String> bases,
    Set<String> histories,
    int buckets,
    SourceRules sources,
    List<Route> routes,
    Limits limits)
    implements Serializable {

  /** Input per bucket at which a worker's memory and the number of files are both small. */
  private static final long BUCKET_BYTES = 48L << 20;

  private static final int MIN_BUCKETS = 4;
  private static final int MAX_BUCKETS = 256;

  public TablesConfig {
    tables = new LinkedHashMap<>(tables);
    bases = new LinkedHashMap<>(bases);
    histories = new TreeSet<>(histories);
    routes = List.copyOf(routes);
    if (buckets < 0 || buckets > 4096) {
      throw new IllegalArgumentException("buckets must be between 0 and 4096, but was: " + buckets);
    }

    if (tables.containsKey(DeadLetters.TABLE)) {
      throw new IllegalArgumentException(
          "a table cannot be called '" + DeadLetters.TABLE + "': that is where dead letters go");
    }

    if (tables.containsKey(RecordArchive.TABLE)) {
      throw new IllegalArgumentException(
          "a table cannot be called '" + RecordArchive.TABLE + "': that is the archive of records");
    }

    for (String base : bases.keySet()) {
      TableSpec spec = tables.get(base);
      if (spec == null || spec.key().isEmpty()) {
        throw new IllegalArgumentException(
            "the base of table '" + base + "' needs the table's key columns to be declared");
      }
    }
  }

  /** Changes from files, each to the table that its source names, with the default limits. */
  public TablesConfig(
      List<String> inputs,
      Map<String, TableSpec> tables,
      Others others,
      Tombstones tombstones,
      String unavailableValue,
      Map<String, String> bases,
      Set<String> histories,
      int buckets) {
    this(
        new ChangeFiles(inputs),
        tables,
        others,
        tombstones,
        unavailableValue,
        bases,
        histories,
        buckets,
        SourceRules.NONE,
        List.of(),
        Limits.DEFAULT);
  }

  /** The same with routes. */
  public TablesConfig routing(List<Route> declared) {
    return new TablesConfig(
        source,
        tables,
        others,
        tombstones,
        unavailableValue,
        bases,
        histories,
        buckets,
        sources,
        declared,
        limits);
  }

  /** The same tables from other changes. */
  public TablesConfig reading(ChangeSource other) {
    return new TablesConfig(
        other,
        tables,
        others,
        tombstones,
        unavailableValue,
        bases,
        histories,
        buckets,
        sources,
        routes,
        limits);
  }

  /** The same with what is declared of sources. */
  public TablesConfig with(SourceRules rules) {
    return new TablesConfig(
        source,
        tables,
        others,
        tombstones,
        unavailableValue,
        bases,
        histories,
        buckets,
        rules,
        routes,
        limits);
  }

  /** The same with other limits of records. */
  public TablesConfig withLimits(Limits other) {
    return new TablesConfig(
        source,
        tables,
        others,
        tombstones,
        unavailableValue,
        bases,
        histories,
        buckets,
        sources,
        routes,
        other);
  }

  /** The same without changes, for steps that only need to know the tables. */
  TablesConfig withoutSource() {
    return reading(new ChangeFiles(List.of()));
  }

  /** Number of buckets of new tables: as given, or one per 48 MiB of input, 4 to 256. */
  public int bucketsFor(long bytes) {
    if (buckets > 0) {
      return buckets;
    }

    return (int) Math.max(MIN_BUCKETS, Math.min(MAX_BUCKETS, bytes / BUCKET_BYTES));
  }

  /** The tables as they are declared, for the steps that merge. */
  DeclaredTables declared() {
    return new DeclaredTables(tables, histories, limits, sources);
  }

  /** How a run would parse, to look at some records only. */
  public ParseConfig parsing(TableStore store, SchemaChanges schemaChanges) {
    return parsing(BucketCounts.all(1), Map.of(), store, schemaChanges);
  }

  /**
   * How to parse: tables know the types of their bases and those they are stored with.
   *
   * @throws IllegalArgumentException where a base does not fit what is stored
   */
  ParseConfig parsing(
      BucketCounts bucketCounts,
      Map<String, InputFiles> baseFiles,
      TableStore store,
      SchemaChanges schemaChanges) {
    Map<String, Schema> rows = new LinkedHashMap<>();
    baseFiles.forEach((table, files) -> rows.put(table, ReadBase.schema(files)));
    Map<String, TableSpec> known = KnownTables.of(tables, others, store, schemaChanges, rows);
    baseFiles.forEach(
        (table, files) -> {
          if (KnownTables.areKept(table, store, schemaChanges)) {
            requireHeld(Objects.requireNonNull(known.get(table)), files);
          }
        });
    Set<String> taken = new TreeSet<>(Set.of(RecordArchive.TABLE));
    histories.forEach(table -> taken.add(table + MergeConfig.HISTORY_SUFFIX));
    return new ParseConfig(
        known, others, tombstones, unavailableValue, bucketCounts, taken, routes, limits);
  }

  /** The base of a table that keeps its columns must fit these. */
  private static void requireHeld(TableSpec kept, InputFiles base) {
    Schema schema = kept.schema();
    for (Schema.Column column : ReadBase.schemaOfAll(base).columns()) {
      Schema.Column known = schema.column(column.name());
      boolean isHeld =
          known != null && known.type().join(column.type()).plain().equals(known.type().plain());
      if (!isHeld) {
        throw new IllegalArgumentException(
            ("the base of table '%s' has a column %s of type %s, but the table, whose schema is to"
                    + " stay, %s")
                .formatted(
                    kept.name(),
                    column.name(),
                    column.type(),
                    known == null ? "has no such column" : "stores it as " + known.type().plain()));
      }
    }
  }
}
