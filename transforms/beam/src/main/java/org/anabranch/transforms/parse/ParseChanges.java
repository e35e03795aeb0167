package org.anabranch.transforms.parse;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.model.Stable;
import org.anabranch.model.Values;
import org.anabranch.transforms.archive.LogRecord;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.TableSpec.Form;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes of tables from records:
 *
 * <pre>{@code
 * ChangeCollection changes =
 *     pipeline
 *         .apply(FileChangesIO.read().from("/data/changes/*.jsonl.gz"))
 *         .apply(ParseChanges.debeziumJson().withKey("orders", "id").withHistory("customers"));
 * }</pre>
 *
 * <p>or from rows that never were JSON:
 *
 * <pre>{@code
 * ChangeCollection changes =
 *     rows.apply(
 *         ParseChanges.rows()
 *             .intoTable("orders")
 *             .withKey("id")
 *             .withSequence("updated_at")
 *             .withOperation("op"));
 * }</pre>
 *
 * <p>Changes are told apart by their place in the commit order of their source, never by when they
 * arrive: input may come in any order, late, and more than once. A record that cannot be processed
 * is a dead letter and fails nothing.
 */
@Stable
public final class ParseChanges {

  private ParseChanges() {}

  /**
   * Reads change events as Debezium writes them in JSON, with or without their schemas, also
   * unwrapped ones, and plain JSON rows of tables that {@link DebeziumJson#withPlainRows} names.
   */
  public static DebeziumJson debeziumJson() {
    return new DebeziumJson(
        Map.of(), Set.of(), Others.READ, Tombstones.IGNORE, ParseConfig.UNAVAILABLE);
  }

  /** Reads rows of Beam, each the row as it is now, or the key of one that is gone. */
  public static RowChanges rows() {
    return new RowChanges("", List.of(), List.of(), "", false);
  }

  /** Parses records of logs, or lines of files. */
  public static final class DebeziumJson
      extends PTransform<PCollection<LogRecord>, ChangeCollection> {

    private static final long serialVersionUID = 1;

    private final transient Map<String, TableSpec> tables;
    private final transient Set<String> histories;
    private final transient Others others;
    private final transient Tombstones tombstones;
    private final transient String unavailable;

    DebeziumJson(
        Map<String, TableSpec> tables,
        Set<String> histories,
        Others others,
        Tombstones tombstones,
        String unavailable) {
      this.tables = new LinkedHashMap<>(tables);
      this.histories = new TreeSet<>(histories);
      this.others = others;
      this.tombstones = tombstones;
      this.unavailable = unavailable;
    }

    private DebeziumJson with(TableSpec table) {
      Map<String, TableSpec> more = new LinkedHashMap<>(tables);
      more.put(table.name(), table);
      return new DebeziumJson(more, histories, others, tombstones, unavailable);
    }

    private TableSpec spec(String table) {
      return Objects.requireNonNullElse(
          tables.get(TableNames.check(table)), TableSpec.named(table));
    }

    /**
     * Declares the key columns of a table. Default: the key that each event carries; an event
     * without one is a dead letter then.
     */
    public DebeziumJson withKey(String table, String... columns) {
      TableSpec known = spec(table);
      return with(
          new TableSpec(table, List.of(columns), known.columns(), known.required(), known.form()));
    }

    /**
     * Declares the type of a column, as {@link org.anabranch.model.Type#parse} reads it. Default:
     * the type that the event's schema says, else the one that the column was declared with when it
     * was stored, else the one that holds all values seen. A value that does not fit a declared
     * type makes its record a dead letter.
     */
    public DebeziumJson withType(String table, String column, String type) {
      ColumnType.parse(type);
      TableSpec known = spec(table);
      Map<String, String> types = new LinkedHashMap<>(known.columns());
      types.put(column, type);
      return with(new TableSpec(table, known.key(), types, known.required(), known.form()));
    }

    /**
     * Says that the records of a table are plain JSON rows rather than change events; of those with
     * the same key the last one in the log is valid. They are found by their topic, which ends in
     * the table's name, or are those of the only such table. Default: none is.
     */
    public DebeziumJson withPlainRows(String table) {
      TableSpec known = spec(table);
      return with(new TableSpec(table, known.key(), known.columns(), known.required(), Form.ROWS));
    }

    /**
     * Keeps all versions of the rows of these tables, too, each in a table of its name and {@code
     * _history}. Default: none, but tables that have a history go on having one. Costs about as
     * much as the table itself, and cannot be begun later.
     */
    public DebeziumJson withHistory(String... names) {
      Set<String> more = new TreeSet<>(histories);
      Arrays.stream(names).map(TableNames::check).forEach(more::add);
      return new DebeziumJson(tables, more, others, tombstones, unavailable);
    }

    /** Reads tables that are declared only. Default: all tables that there are events of. */
    public DebeziumJson withoutUndeclaredTables() {
      return new DebeziumJson(tables, histories, Others.IGNORE, tombstones, unavailable);
    }

    /**
     * Takes records with a key and no value as deletes, as in a compacted topic where only they are
     * left. Such records have no position of a source, so that the log orders all. Default: they
     * repeat the delete before them and mean nothing.
     */
    public DebeziumJson withTombstonesAsDeletes() {
      return new DebeziumJson(tables, histories, others, Tombstones.DELETE, unavailable);
    }

    /**
     * The text that the source writes for a value it did not send; the value then stays as it was.
     * Default: Debezium's {@code __debezium_unavailable_value}.
     */
    public DebeziumJson withUnavailableValue(String text) {
      return new DebeziumJson(tables, histories, others, tombstones, text);
    }

    @Override
    public void populateDisplayData(DisplayData.Builder builder) {
      super.populateDisplayData(builder);
      tables
          .values()
          .forEach(
              table ->
                  builder.addIfNotDefault(
                      DisplayData.item("key of " + table.name(), String.join(",", table.key())),
                      ""));
      builder.addIfNotDefault(
          DisplayData.item("histories", String.join(",", histories)).withLabel("Histories"), "");
      builder.add(DisplayData.item("undeclared tables", others.name()));
      builder.add(DisplayData.item("tombstones", tombstones.name()));
    }

    @Override
    public ChangeCollection expand(PCollection<LogRecord> records) {
      Set<String> taken = new TreeSet<>(Set.of(RecordArchive.TABLE));
      histories.forEach(table -> taken.add(table + MergeConfig.HISTORY_SUFFIX));
      ParseConfig config =
          new ParseConfig(
              tables,
              others,
              tombstones,
              unavailable,
              BucketCounts.all(1),
              taken,
              List.of(),
              Limits.DEFAULT);
      LateParsing parsing = new LateParsing(config);
      return parsed(
          records,
          new ParseFn(parsing, start(records)),
          parsing,
          new DeclaredTables(tables, histories, Limits.DEFAULT));
    }
  }

  /**
   * When a bounded pipeline was built, which each of its attempts notes; 0 for an unbounded one.
   */
  static long start(PCollection<?> input) {
    return input.isBounded() == PCollection.IsBounded.BOUNDED ? Values.micros(Instant.now()) : 0;
  }

  static <T> ChangeCollection parsed(
      PCollection<T> input,
      DoFn<T, ChangeBatch> parse,
      @Nullable LateParsing parsing,
      DeclaredTables declared) {
    PCollection<ChangeBatch> changes =
        input
            .apply("No windows", Window.into(new GlobalWindows()))
            .apply("Parse", ParDo.of(parse))
            .setCoder(ChangeBatch.BatchCoder.of());
    return new ChangeCollection(changes, parsing, declared);
  }

  /** Makes changes of one table from rows. */
  public static final class RowChanges extends PTransform<PCollection<Row>, ChangeCollection> {

    private static final long serialVersionUID = 1;

    private final transient String table;
    private final transient List<String> key;
    private final transient List<String> sequence;
    private final transient String operation;
    private final transient boolean hasHistory;

    RowChanges(
        String table,
        List<String> key,
        List<String> sequence,
        String operation,
        boolean hasHistory) {
      this.table = table;
      this.key = List.copyOf(key);
      this.sequence = List.copyOf(sequence);
      this.operation = operation;
      this.hasHistory = hasHistory;
    }

    /** The table the rows are of. Required. */
    public RowChanges intoTable(String name) {
      return new RowChanges(TableNames.check(name), key, sequence, operation, hasHistory);
    }

    /** The columns of the key, numbers without a fraction or text. Required. */
    public RowChanges withKey(String... columns) {
      return new RowChanges(table, List.of(columns), sequence, operation, hasHistory);
    }

    /**
     * One or two columns that order the rows of a key: whole numbers, dates or times. Of two rows
     * the one with the greater first column is valid, then the one with the greater second, then
     * the one whose content is greater, so that the answer does not depend on which came first.
     * Required: without an order a table is right only where rows arrive in order and once.
     */
    public RowChanges withSequence(String... columns) {
      return new RowChanges(table, key, List.of(columns), operation, hasHistory);
    }

    /**
     * The text column that says what became of the row: {@code d} or {@code delete} where it is
     * gone, {@code c}, {@code r}, {@code u}, {@code insert}, {@code update} or {@code upsert} where
     * it is now this, in upper or lower case; anything else makes the row a dead letter. It is not
     * stored. Default: every row is now this.
     */
    public RowChanges withOperation(String column) {
      return new RowChanges(table, key, sequence, column, hasHistory);
    }

    /** Keeps all versions of the rows, too; see {@link DebeziumJson#withHistory}. */
    public RowChanges withHistory() {
      return new RowChanges(table, key, sequence, operation, true);
    }

    @Override
    public void populateDisplayData(DisplayData.Builder builder) {
      super.populateDisplayData(builder);
      builder.add(DisplayData.item("table", table));
      builder.add(DisplayData.item("key", String.join(",", key)));
      builder.add(DisplayData.item("sequence", String.join(",", sequence)));
      builder.addIfNotDefault(DisplayData.item("operation", operation), "");
    }

    @Override
    public ChangeCollection expand(PCollection<Row> rows) {
      RowPlan plan = RowPlan.of(rows.getSchema(), table, key, sequence, operation);
      TableSpec spec = new TableSpec(table, key, Map.of(), Set.of(), Form.CHANGES);
      return parsed(
          rows,
          new ParseRowsFn(plan, start(rows)),
          null,
          new DeclaredTables(
              Map.of(table, spec), hasHistory ? Set.of(table) : Set.of(), Limits.DEFAULT));
    }
  }
}
