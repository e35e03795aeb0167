package org.anabranch.lake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Stable;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.TableStore;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Reads a version of a table as rows; made by {@link LakeIO#read}:
 *
 * <pre>{@code
 * PCollection<Row> orders =
 *     pipeline.apply(
 *         LakeIO.read()
 *             .from(LakeConfig.at("/lake/shop"))
 *             .withTable("orders")
 *             .withColumns("id", "total")
 *             .withFilter(row -> row.getDecimal("total").signum() > 0));
 * }</pre>
 *
 * <p>Which version that is, and its schema, is found out when the pipeline is built; it must not be
 * removed before it is read. Buckets are read side by side, one by a worker; rows come in no order.
 * Times have microseconds, see {@link org.anabranch.transforms.row.BeamRows}.
 */
@Stable
public final class LakeRead extends PTransform<PBegin, PCollection<Row>> {

  private static final long serialVersionUID = 1;

  static final LakeRead DEFAULT = new LakeRead(null, "", null, null, List.of(), row -> true);

  private final transient @Nullable LakeConfig lake;
  private final transient String table;
  private final transient @Nullable Long version;
  private final transient @Nullable Instant asOf;
  private final transient List<String> columns;
  private final transient SerializableFunction<Row, Boolean> filter;

  private LakeRead(
      @Nullable LakeConfig lake,
      String table,
      @Nullable Long version,
      @Nullable Instant asOf,
      List<String> columns,
      SerializableFunction<Row, Boolean> filter) {
    this.lake = lake;
    this.table = table;
    this.version = version;
    this.asOf = asOf;
    this.columns = List.copyOf(columns);
    this.filter = filter;
  }

  /** Where the tables are. Required. */
  public LakeRead from(LakeConfig config) {
    return new LakeRead(config, table, version, asOf, columns, filter);
  }

  /** The table. Required. */
  public LakeRead withTable(String name) {
    return new LakeRead(lake, name, version, asOf, columns, filter);
  }

  /** The version with this number. Default: the newest one. */
  public LakeRead withVersion(long number) {
    return new LakeRead(lake, table, number, null, columns, filter);
  }

  /** The version that was the newest one at this time. Default: the newest one now. */
  public LakeRead asOf(Instant time) {
    return new LakeRead(lake, table, null, time, columns, filter);
  }

  /**
   * Columns to read, in this order. Default: all of the source's, and all of a history. The fewer,
   * the less is read.
   */
  public LakeRead withColumns(String... names) {
    return new LakeRead(lake, table, version, asOf, List.of(names), filter);
  }

  /** Rows to give; it sees the columns that are read. Default: all. All rows are read anyway. */
  public LakeRead withFilter(SerializableFunction<Row, Boolean> predicate) {
    return new LakeRead(lake, table, version, asOf, columns, predicate);
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    super.populateDisplayData(builder);
    if (lake != null) {
      builder.add(DisplayData.item("warehouse", lake.root()));
    }

    builder.add(DisplayData.item("table", table));
    builder.addIfNotNull(DisplayData.item("version", version));
    builder.addIfNotNull(DisplayData.item("as of", asOf == null ? null : asOf.toString()));
    builder.addIfNotDefault(DisplayData.item("columns", String.join(",", columns)), "");
  }

  @Override
  public PCollection<Row> expand(PBegin begin) {
    if (lake == null || table.isEmpty()) {
      throw new IllegalArgumentException(
          "reading needs a lake and a table: from(LakeConfig.at(DIRECTORY)).withTable(NAME)");
    }

    try (Lake opened = Lake.at(lake)) {
      LakeTable found = find(opened);
      Schema schema = selected(found.schema());
      RowFields fields = RowFields.of(schema);
      List<Integer> buckets =
          found.bucketStatistics().stream()
              .filter(bucket -> bucket.dataFiles() > 0)
              .map(LakeTable.BucketStatistics::bucket)
              .toList();
      List<String> texts = Columns.toText(schema);
      return begin
          .apply("Buckets", Create.of(buckets).withCoder(VarIntCoder.of()))
          .apply("Spread", Reshuffle.viaRandomKey())
          .apply("Read", ParDo.of(new ReadFn(found.store(), table, texts, fields, filter)))
          .setRowSchema(fields.schema());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private LakeTable find(Lake opened) throws IOException {
    if (version != null) {
      return opened.table(table, version);
    }

    return asOf == null ? opened.table(table) : opened.table(table, asOf);
  }

  private Schema selected(Schema all) {
    if (columns.isEmpty()) {
      return MergeBuckets.isHistory(all) ? all : MergeBuckets.sourceColumns(all);
    }

    List<Column> selected = new ArrayList<>();
    for (String name : columns) {
      Column column = all.column(name);
      if (column == null) {
        throw new IllegalArgumentException(
            "table '%s' has no column %s; columns: %s"
                .formatted(table, name, all.columns().stream().map(Column::name).toList()));
      }

      selected.add(new Column(name, column.type(), selected.size()));
    }

    return Schema.of(selected);
  }

  static final class ReadFn extends DoFn<Integer, Row> {

    private static final long serialVersionUID = 1;

    private final TableStore store;
    private final String table;
    private final List<String> columns;
    private final RowFields fields;
    private final SerializableFunction<Row, Boolean> filter;

    ReadFn(
        TableStore store,
        String table,
        List<String> columns,
        RowFields fields,
        SerializableFunction<Row, Boolean> filter) {
      this.store = store;
      this.table = table;
      this.columns = new ArrayList<>(columns);
      this.fields = fields;
      this.filter = filter;
    }

    @ProcessElement
    public void process(@Element Integer bucket, OutputReceiver<Row> out) throws IOException {
      Schema schema = Columns.fromText(columns);
      try (LakeRows rows = LakeRows.open(store, table, List.of(), schema, List.of(bucket))) {
        while (rows.next()) {
          Row row = fields.read(rows);
          if (filter.apply(row)) {
            out.output(row);
          }
        }
      }
    }
  }
}
