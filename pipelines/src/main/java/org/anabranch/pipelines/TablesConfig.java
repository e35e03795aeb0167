package org.anabranch.pipelines;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.files.InputFiles;
import org.anabranch.files.ReadBase;
import org.anabranch.model.Internal;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.pipelines.ChangeSource.ChangeFiles;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.BucketCounts;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.Limits;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.Route;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.source.SourceRules;
import org.anabranch.transforms.source.TableFacts;

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
    Map<String, TableSpec> known = new LinkedHashMap<>(tables);
    if (others == Others.READ) {
      for (String table : store.buckets().keySet()) {
        boolean isRead =
            !table.equals(DeadLetters.TABLE) && !MergeBuckets.isHistory(store.schema(table));
        if (isRead) {
          known.putIfAbsent(table, TableSpec.named(table));
        }
      }
    }

    known.replaceAll(
        (table, spec) -> {
          TableSpec typed = stored(spec, store).withBase(typesOf(spec, baseFiles, store));
          Schema schema = store.schema(table);
          boolean isKept = schemaChanges.of(table) == Policy.IGNORE && MergeBuckets.isTyped(schema);
          return isKept ? kept(typed, MergeBuckets.sourceColumns(schema), baseFiles) : typed;
        });
    Set<String> taken = new TreeSet<>(Set.of(RecordArchive.TABLE));
    histories.forEach(table -> taken.add(table + MergeConfig.HISTORY_SUFFIX));
    return new ParseConfig(
        known, others, tombstones, unavailableValue, bucketCounts, taken, routes, limits);
  }

  /** The declaration of a table with the key that was declared before, and the booleans in it. */
  private static TableSpec stored(TableSpec declared, TableStore store) {
    List<String> key = key(declared, store);
    Schema schema = store.schema(declared.name());
    TableSpec spec = declared;
    for (String column : key) {
      Schema.Column stored = schema.column(column);
      if (stored != null && stored.type().equals(Type.BOOLEAN)) {
        spec = spec.withType(column, Type.BOOLEAN);
      }
    }

    // A key that events have said is theirs to say again: what disagrees refuses the table.
    boolean isOfEvents = !store.facts(declared.name()).values(TableFacts.KEY).isEmpty();
    return key.isEmpty() || isOfEvents || spec.key().equals(key) ? spec : spec.withStoredKey(key);
  }

  /** Columns of the key: as declared, else as the table is stored by. */
  private static List<String> key(TableSpec spec, TableStore store) {
    return spec.key().isEmpty() ? store.key(spec.name()) : spec.key();
  }

  /** The declaration of a table that keeps its columns. */
  private static TableSpec kept(TableSpec spec, Schema stored, Map<String, InputFiles> baseFiles) {
    InputFiles base = baseFiles.get(spec.name());
    TableSpec kept = spec.keeping(stored);
    if (base == null) {
      return kept;
    }

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
                    spec.name(),
                    column.name(),
                    column.type(),
                    known == null ? "has no such column" : "stores it as " + known.type().plain()));
      }
    }

    return kept;
  }

  private static Schema typesOf(
      TableSpec spec, Map<String, InputFiles> baseFiles, TableStore store) {
    String table = spec.name();
    List<String> key = key(spec, store);
    Schema stored =
        Schema.of(
            store.schema(table).columns().stream()
                .map(column -> key.contains(column.name()) ? exact(column) : column)
                .filter(column -> isNotInferred(column.type(), key.contains(column.name())))
                .toList());
    InputFiles base = baseFiles.get(table);
    return base == null ? stored : stored.join(ReadBase.schema(base));
  }

  /** Numbers beside doubles of a key are decimals: no two of them become one. */
  private static Schema.Column exact(Schema.Column column) {
    return column.type().kind() == Type.Kind.DOUBLE
        ? new Schema.Column(column.name(), Type.decimal(Type.MAX_PRECISION, 0), column.ordinal())
        : column;
  }

  /** Types that values never have by themselves: somebody declared them in an earlier run. */
  private static boolean isNotInferred(Type type, boolean isOfKey) {
    return switch (type.kind()) {
      case NULL, BOOLEAN, INT64, DOUBLE, JSON, STRING, LIST -> false;
      case DECIMAL -> isOfKey;
      default -> true;
    };
  }
}
