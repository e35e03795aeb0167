package org.anabranch.launcher;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.anabranch.pipelines.TablesConfig;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.Route;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.parse.TableSpec.Form;

/**
 * Options of the pipeline {@code replicate}.
 *
 * @param inputs globs of the change files
 * @param tables what is declared of tables
 * @param plainRows tables whose records are rows without an envelope
 * @param tombstones what a record without a value means
 * @param unavailableValue text of values the source did not send
 * @param buckets per table; 0 chooses by the size of the input
 * @param routes to which tables changes go
 */
record ReplicateOptions(
    List<String> inputs,
    TableDeclarations tables,
    Set<String> plainRows,
    Tombstones tombstones,
    String unavailableValue,
    int buckets,
    List<Route> routes) {

  static final OptionSpec INPUT =
      OptionSpec.of("input", "GLOB[,GLOB...]", "files of change events: plain, .gz or .zst");
  static final OptionSpec FORMAT =
      new OptionSpec("format", "debezium-json", "debezium-json", "how change events are written");
  static final OptionSpec KEYS =
      OptionSpec.of(
          "keys",
          "TABLE:COLUMN[+COLUMN...][,...]",
          "key columns (default: the key each event carries)");
  static final OptionSpec TABLES =
      OptionSpec.of("tables", "TABLE[,TABLE...]", "only these tables (default: all)");
  static final OptionSpec COLUMNS =
      OptionSpec.of(
          "columns",
          "'TABLE:COLUMN TYPE[, COLUMN TYPE...][; ...]'",
          "types of columns (default: as the events say, or the base)");
  static final OptionSpec BASE =
      OptionSpec.of(
          "base",
          "TABLE=GLOB[,TABLE=GLOB...]",
          "Parquet files with the rows below every change; the table's key must be declared");
  static final OptionSpec HISTORY =
      OptionSpec.of(
          "history", "TABLE[,TABLE...]", "tables whose history is kept too, as TABLE_history");
  static final OptionSpec PLAIN_ROWS =
      OptionSpec.of(
          "plain-rows",
          "TABLE[,TABLE...]",
          "tables whose records are JSON rows without an envelope, the last one of a key in the log"
              + " being valid; a record without a value deletes with --tombstones=delete");
  static final OptionSpec TOMBSTONES =
      new OptionSpec(
          "tombstones",
          "ignore|delete",
          "ignore",
          "a record without a value repeats the delete before it, or is the delete itself, as in a"
              + " compacted topic (default ignore)");
  static final OptionSpec UNAVAILABLE_VALUE =
      new OptionSpec(
          "unavailable-value",
          "TEXT",
          ParseConfig.UNAVAILABLE,
          "what the source writes for a value it did not send (default "
              + ParseConfig.UNAVAILABLE
              + ")");
  static final OptionSpec BUCKETS =
      OptionSpec.of(
          "buckets", "N", "parts each table is merged in, 1 to 4096 (default: by input size)");
  static final OptionSpec ROUTE =
      OptionSpec.of(
          "route",
          "'/REGEX/=TABLE[,...]'",
          "the table that changes go to: the first expression that matches the whole topic,"
              + " server.schema.table, db.schema.table, schema.table or table decides, and $1 or"
              + " ${name} in TABLE is a group of it; /REGEX/=TABLE[COLUMN=VALUE] adds a column,"
              + " [+COLUMN=VALUE] a part of the key, such as the shard");
  static final OptionSpec WAREHOUSE = TargetOptions.WAREHOUSE;

  static final List<OptionSpec> ALL =
      List.of(
          INPUT,
          FORMAT,
          KEYS,
          TABLES,
          COLUMNS,
          BASE,
          HISTORY,
          PLAIN_ROWS,
          TOMBSTONES,
          UNAVAILABLE_VALUE,
          BUCKETS,
          ROUTE);

  private static final int MAX_BUCKETS = 4096;

  ReplicateOptions {
    inputs = List.copyOf(inputs);
    plainRows = Set.copyOf(plainRows);
    routes = List.copyOf(routes);
  }

  /**
   * Reads the options.
   *
   * @param declared what the configuration file declares of tables; the options win over it
   */
  static ReplicateOptions parse(Settings settings, TableDeclarations declared) {
    settings.oneOf(FORMAT, List.of(FORMAT.hint()));
    boolean hasBase = settings.find(BASE) != null || !declared.bases().isEmpty();
    if (!hasBase && !TopicOptions.isGiven(settings, INPUT)) {
      settings.text(INPUT);
    }

    TableDeclarations given =
        new TableDeclarations(
            DeclarationText.names(settings, TABLES),
            DeclarationText.keys(settings, KEYS),
            DeclarationText.columns(settings, COLUMNS),
            DeclarationText.bases(settings, BASE),
            DeclarationText.names(settings, HISTORY),
            Map.of());
    TableDeclarations tables = declared.under(given);
    checkSelection(settings, tables);
    Set<String> plainRows = new LinkedHashSet<>(settings.list(PLAIN_ROWS));
    for (String table : plainRows) {
      if (tables.only() != null && !tables.only().contains(table)) {
        throw settings.wrong(PLAIN_ROWS, "names table '" + table + "', which --tables leaves out");
      }
    }

    String tombstones = settings.oneOf(TOMBSTONES, List.of("ignore", "delete"));
    return new ReplicateOptions(
        settings.list(INPUT),
        tables,
        plainRows,
        Tombstones.valueOf(tombstones.toUpperCase(Locale.ROOT)),
        settings.text(UNAVAILABLE_VALUE),
        buckets(settings),
        routes(settings, tables));
  }

  /** Number of buckets, 0 where the option is not given. */
  static int buckets(Settings settings) {
    return settings.find(BUCKETS) == null ? 0 : (int) settings.wholeNumber(BUCKETS, 1, MAX_BUCKETS);
  }

  private static List<Route> routes(Settings settings, TableDeclarations tables) {
    List<Route> routes = RouteText.routes(settings, ROUTE);
    for (Route route : routes) {
      List<String> key = tables.keys().get(route.table());
      for (Route.Column column : route.columns()) {
        if (key != null && column.use() == Route.Use.KEY && !key.contains(column.name())) {
          throw settings.wrong(
              ROUTE,
              "adds '%s' to the key of table '%s', which is declared without it: write --keys=%s:%s"
                  .formatted(
                      column.name(),
                      route.table(),
                      route.table(),
                      String.join("+", key) + "+" + column.name()));
        }
      }
    }

    return routes;
  }

  private static void checkSelection(Settings settings, TableDeclarations tables) {
    Set<String> only = tables.only();
    for (String base : tables.bases().keySet()) {
      if (!tables.keys().containsKey(base)) {
        throw settings.wrong(
            BASE, "of table '" + base + "' needs its key columns: add --keys=" + base + ":COLUMN");
      }

      if (only != null && !only.contains(base)) {
        throw settings.wrong(BASE, "names table '" + base + "', which --tables leaves out");
      }
    }

    for (String history : historiesOf(tables)) {
      if (only != null && !only.contains(history)) {
        throw settings.wrong(HISTORY, "names table '" + history + "', which --tables leaves out");
      }

      if (tables.names().contains(history + "_history")) {
        throw settings.wrong(
            HISTORY, "of '" + history + "' needs the name of the table '" + history + "_history'");
      }
    }
  }

  private static Set<String> historiesOf(TableDeclarations tables) {
    Set<String> histories = tables.histories();
    return histories == null ? Set.of() : histories;
  }

  /** The same as the pipeline takes it. */
  TablesConfig toConfig() {
    Set<String> only = tables.only();
    Set<String> names = new LinkedHashSet<>(only == null ? tables.names() : only);
    names.addAll(plainRows);
    Map<String, TableSpec> specs = new LinkedHashMap<>();
    for (String name : names) {
      List<String> key = tables.keys().getOrDefault(name, List.of());
      Map<String, String> columns = tables.columns().getOrDefault(name, Map.of());
      specs.put(
          name,
          new TableSpec(
              name, key, columns, Set.of(), plainRows.contains(name) ? Form.ROWS : Form.CHANGES));
    }

    TablesConfig config =
        new TablesConfig(
            inputs,
            specs,
            only == null ? Others.READ : Others.IGNORE,
            tombstones,
            unavailableValue,
            tables.bases(),
            historiesOf(tables),
            buckets);
    return config.routing(routes);
  }
}
