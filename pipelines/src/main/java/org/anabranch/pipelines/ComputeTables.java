package org.anabranch.pipelines;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.anabranch.model.ByteReader;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Stable;
import org.anabranch.model.Values;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.merge.Computation;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.Projection;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.TableNames;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;

/**
 * A pipeline that merges changes to tables and computes other tables from all their current rows.
 *
 * <pre>{@code
 * ComputeTables.of(tables)
 *     .reading("orders", ORDERS)
 *     .reading("customers", CUSTOMERS)
 *     .computing("revenue", 1, List.of("country", "hour"), new Revenue());
 * }</pre>
 *
 * <p>{@code Revenue} is a {@code PTransform<PCollectionTuple, PCollection<Row>>}: it takes the rows
 * of each table that is read, tagged with the table's name, and gives all rows of the computed
 * table, each key once. All rows of a run are in one window, so that joins and groups need no
 * windows of their own; in an unbounded pipeline each run is a window. Steps must depend on the
 * rows alone, never on the time or on the order in which rows come, so that every run that has read
 * the same changes gives the same rows.
 *
 * <p>Computed tables are written as a whole by each run, and what is stored already stays. The rows
 * of a table that is read travel once more, and those of a computed table are held in memory, a
 * quarter at a time.
 */
@Stable
public final class ComputeTables {

  private static final int BUCKETS = 4;

  private final TablesConfig tables;
  private final Map<String, Schema> read;
  private final List<Computed> computed;

  /** A computed table. */
  private record Computed(
      String table,
      int version,
      List<String> key,
      PTransform<PCollectionTuple, PCollection<Row>> rows) {}

  private ComputeTables(TablesConfig tables, Map<String, Schema> read, List<Computed> computed) {
    this.tables = tables;
    this.read = new LinkedHashMap<>(read);
    this.computed = List.copyOf(computed);
  }

  /** Merges these tables, and computes none yet. */
  public static ComputeTables of(TablesConfig tables) {
    return new ComputeTables(tables, Map.of(), List.of());
  }

  /**
   * Reads a merged table for the steps.
   *
   * @param table a declared one with declared key columns
   * @param columns which of its columns, in any order; times in microseconds are {@code
   *     MicrosInstant}, exact numbers {@code FixedPrecisionNumeric}; columns other than those of
   *     the key should be nullable
   * @throws IllegalArgumentException where the table is not declared with a key, or a field has
   *     another type
   */
  public ComputeTables reading(String table, Schema columns) {
    TableSpec spec = tables.tables().get(table);
    if (spec == null || spec.key().isEmpty()) {
      throw new IllegalArgumentException(
          "table '%s' must be declared with its key to be read; declared: %s"
              .formatted(table, tables.tables().keySet()));
    }

    RowTypes.columns(columns);
    Map<String, Schema> more = new LinkedHashMap<>(read);
    more.put(table, columns);
    return new ComputeTables(tables, more, computed);
  }

  /**
   * Computes a table.
   *
   * @param table its name; not one of the merged tables, of {@code dead_letters} and of {@code
   *     change_archive}
   * @param version of the computation, from 1: raised where the same rows give others, so that
   *     stored rows are computed anew
   * @param key columns that no two rows share and that are never null
   * @param rows takes the tables that are read and gives all rows of the computed one
   * @throws IllegalArgumentException where the name is taken or no name, or the key or version is
   *     missing
   */
  public ComputeTables computing(
      String table,
      int version,
      List<String> key,
      PTransform<PCollectionTuple, PCollection<Row>> rows) {
    TableNames.check(table);
    boolean isTaken =
        tables.tables().containsKey(table)
            || table.equals(DeadLetters.TABLE)
            || table.equals(RecordArchive.TABLE)
            || computed.stream().anyMatch(other -> other.table().equals(table));
    if (isTaken) {
      throw new IllegalArgumentException("there are two tables called '" + table + "'");
    }

    if (version < 1 || key.isEmpty()) {
      throw new IllegalArgumentException(
          "computed table '%s' needs a version of at least 1 and a key, but has: %d, %s"
              .formatted(table, version, key));
    }

    List<Computed> more = new ArrayList<>(computed);
    more.add(new Computed(table, version, List.copyOf(key), rows));
    return new ComputeTables(tables, read, more);
  }

  /** The merged tables. */
  public TablesConfig tables() {
    return tables;
  }

  /** Names of the computed tables, each with the version of its computation. */
  public Map<String, Integer> versions() {
    Map<String, Integer> versions = new TreeMap<>();
    computed.forEach(table -> versions.put(table.table(), table.version()));
    return versions;
  }

  /**
   * Adds the pipeline's steps. Running them writes files beside the tables and ends as the target
   * says.
   */
  public void expand(Pipeline pipeline, ChangeSource source, Target target) {
    ReadInput changes = ReadInput.of(tables.reading(source), target);
    pipeline
        .apply("Changes", read.isEmpty() ? changes : changes.makingTables())
        .apply("Tables", target.merging(tables).computing(new OfRows()));
  }

  /** What is computed from the rows of the merged tables. */
  private final class OfRows implements Computation {

    @Override
    public List<Projection> projections() {
      List<Projection> projections = new ArrayList<>();
      read.forEach((table, schema) -> projections.add(projection(table, schema)));
      return projections;
    }

    @Override
    public List<PCollection<RunReport>> compute(
        PCollectionTuple merged, PerRun<TableStore> stores) {
      PCollectionTuple rows = PCollectionTuple.empty(merged.getPipeline());
      for (Map.Entry<String, Schema> table : read.entrySet()) {
        PCollection<Row> ofTable =
            merged
                .get(MergeBuckets.PROJECTED)
                .apply(
                    "Rows of " + table.getKey(),
                    ParDo.of(new RowsFn(table.getKey(), table.getValue())))
                .setRowSchema(table.getValue());
        rows = rows.and(table.getKey(), ofTable);
      }

      List<PCollection<RunReport>> reports = new ArrayList<>();
      for (Computed table : computed) {
        reports.add(
            rows.apply("Compute " + table.table(), table.rows())
                .apply(
                    "Write " + table.table(),
                    new WriteRows(
                        table.table(), table.key(), merged.get(MergeBuckets.RUN), stores)));
      }

      return reports;
    }
  }

  /** Batches are called by the table, and told apart from it by what they are for. */
  private Projection projection(String table, Schema schema) {
    String key = Objects.requireNonNull(tables.tables().get(table)).key().get(0);
    List<String> columns = new ArrayList<>(schema.getFieldNames());
    if (!columns.contains(key)) {
      columns.add(key);
    }

    return new Projection(table, columns, step(table), key, BUCKETS);
  }

  private static String step(String table) {
    return "rows of " + table;
  }

  /** The rows of a table among the batches for all steps. */
  static final class RowsFn extends DoFn<KV<TableBucket, byte[]>, Row> {

    private static final long serialVersionUID = 1;

    private final String table;
    private final Schema schema;

    RowsFn(String table, Schema schema) {
      this.table = table;
      this.schema = schema;
    }

    @ProcessElement
    public void process(@Element KV<TableBucket, byte[]> batch, OutputReceiver<Row> out) {
      if (!batch.getKey().table().equals(step(table))) {
        return;
      }

      RowBatch.Reader rows = new RowBatch.Reader(batch.getValue());
      ByteReader values = new ByteReader(new byte[0]);
      while (rows.next()) {
        values.reset(rows.buffer(), rows.payloadOffset(), rows.payloadLength());
        Row.Builder row = Row.withSchema(schema);
        for (Field field : schema.getFields()) {
          row.addValue(RowTypes.toField(table, field, Values.read(values)));
        }

        out.output(row.build());
      }
    }
  }
}
