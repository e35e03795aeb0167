package org.anabranch.transforms.customer;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.anabranch.model.ByteReader;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.Projection;
import org.anabranch.transforms.merge.StoredRows;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/**
 * Interactions counted per country ({@code unknown} where an interaction has none) and fixed
 * event-time window. Takes {@link MergeBuckets#RUN} and, as {@link MergeBuckets#PROJECTED}, the
 * merged interactions, in which each event id is there once however often it was delivered; gives
 * reports. All interactions are counted in each run: a row is what is known of a window by now, and
 * what comes later replaces it (accumulating panes). Which are left out, and which windows have a
 * row, says the {@link WindowRule}, from the data alone, so that all runs that have read the same
 * records agree.
 */
public final class InteractionsByWindow
    extends PTransform<PCollectionTuple, PCollection<RunReport>> {

  private static final long serialVersionUID = 1;

  /** Name of the table. */
  public static final String TABLE = "interactions_by_window";

  /** Table of the interactions. */
  public static final String INTERACTIONS = "interactions";

  /** Its column for the time the log has for the record. */
  public static final String LOGGED_AT = "logged_at";

  static final String CUSTOMER_ID = "customer_id";

  private static final List<String> KEY = List.of("window_start", "country");

  /** Country of interactions that have none: a key has no nulls. */
  private static final String UNKNOWN_COUNTRY = "unknown";

  private static final int PARTS = 4;

  private final PerRun<TableStore> stores;
  private final WindowRule rule;

  private InteractionsByWindow(PerRun<TableStore> stores, WindowRule rule) {
    this.stores = stores;
    this.rule = rule;
  }

  public static InteractionsByWindow to(PerRun<TableStore> stores, WindowRule rule) {
    return new InteractionsByWindow(stores, rule);
  }

  /** What the windows need of the merged interactions. */
  public static Projection projection(WindowRule rule, int buckets) {
    List<String> columns =
        new ArrayList<>(List.of("event_id", "country", "seconds", "value_cents", "occurred_at"));
    if (rule.tellsLate()) {
      columns.add(LOGGED_AT);
      columns.add(CUSTOMER_ID);
    }

    return new Projection(INTERACTIONS, columns, TABLE, "event_id", buckets);
  }

  /**
   * Schema of the table; {@code late} (how many of the interactions were) and {@code pane} are
   * there where it is asked what is late.
   */
  public static Schema schema(WindowRule rule) {
    List<Column> columns =
        new ArrayList<>(
            List.of(
                new Column("window_start", Type.TIMESTAMPTZ, 0),
                new Column("window_end", Type.TIMESTAMPTZ, 1),
                new Column("country", Type.STRING, 2),
                new Column("interactions", Type.INT64, 3),
                new Column("seconds", Type.INT64, 4),
                new Column("value_cents", Type.INT64, 5)));
    if (rule.tellsLate()) {
      columns.add(new Column("late", Type.INT64, 6));
      columns.add(new Column("pane", Type.STRING, 7));
    }

    return Schema.of(columns);
  }

  @Override
  public PCollection<RunReport> expand(PCollectionTuple input) {
    // The table is written, also where no interaction is left.
    PCollection<KV<String, WindowTotals>> none =
        input
            .get(MergeBuckets.RUN)
            .apply(
                "No window",
                MapElements.into(coder().getEncodedTypeDescriptor())
                    .via(InteractionsByWindow::none))
            .setCoder(coder());
    PCollection<KV<String, WindowTotals>> windows =
        input
            .get(MergeBuckets.PROJECTED)
            .apply("Rows", ProjectedRows.meantFor(TABLE))
            .apply("Windows", ParDo.of(new WindowsFn(rule)))
            .setCoder(KvCoder.of(VarIntCoder.of(), WindowTotals.TotalsCoder.of()))
            .apply("By part", GroupByKey.create())
            .apply("Totals", ParDo.of(new TotalsFn()))
            .setCoder(coder());
    return PCollectionList.of(windows)
        .and(none)
        .apply("Windows and none", Flatten.pCollections())
        .apply("Together", GroupByKey.create())
        .apply("Write", ParDo.of(new WriteFn(stores, rule)))
        .setCoder(RunReportCoder.of());
  }

  private static KvCoder<String, WindowTotals> coder() {
    return KvCoder.of(StringUtf8Coder.of(), WindowTotals.TotalsCoder.of());
  }

  private static KV<String, WindowTotals> none(String run) {
    return KV.of(TABLE, WindowTotals.NONE);
  }

  /**
   * Counts the interactions of a batch by country and event-time window. These are keys, in a few
   * parts: windows of Beam are the runs of an unbounded pipeline, and a key of its own for each is
   * work of its own for each on some runners.
   */
  static final class WindowsFn extends DoFn<KV<TableBucket, byte[]>, KV<Integer, WindowTotals>> {

    private static final long serialVersionUID = 1;

    private final WindowRule rule;

    WindowsFn(WindowRule rule) {
      this.rule = rule;
    }

    @ProcessElement
    public void process(
        @Element KV<TableBucket, byte[]> batch, OutputReceiver<KV<Integer, WindowTotals>> out) {
      WindowTotals.Sums sums = new WindowTotals.Sums();
      ProjectedRows rows = new ProjectedRows(batch.getValue());
      while (rows.next()) {
        sums.add(totals(Interaction.read(rows)));
      }

      sums.forEach(totals -> out.output(KV.of(totals.part(PARTS), totals)));
    }

    private WindowTotals totals(Interaction interaction) {
      Instant time = interaction.occurredAt();
      Instant loggedAt = interaction.loggedAt();
      boolean counts = !rule.isTooLate(time, loggedAt);
      return new WindowTotals(
          Objects.requireNonNullElse(interaction.country(), UNKNOWN_COUNTRY),
          rule.startOf(time),
          rule.endOf(time),
          counts ? 1 : 0,
          counts ? Objects.requireNonNullElse(interaction.seconds(), 0L) : 0,
          counts ? Objects.requireNonNullElse(interaction.valueCents(), 0L) : 0,
          counts && rule.isLate(time, loggedAt) ? 1 : 0,
          Objects.requireNonNullElse(loggedAt, time).toEpochMilli());
    }
  }

  /** Adds up the counts of batches and gathers all under one key. */
  static final class TotalsFn
      extends DoFn<KV<Integer, Iterable<WindowTotals>>, KV<String, WindowTotals>> {

    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<WindowTotals>> part,
        OutputReceiver<KV<String, WindowTotals>> out) {
      WindowTotals.Sums sums = new WindowTotals.Sums();
      part.getValue().forEach(sums::add);
      sums.forEach(totals -> out.output(KV.of(TABLE, totals)));
    }
  }

  static final class WriteFn extends DoFn<KV<String, Iterable<WindowTotals>>, RunReport> {

    private static final long serialVersionUID = 1;

    private final PerRun<TableStore> stores;
    private final WindowRule rule;

    WriteFn(PerRun<TableStore> stores, WindowRule rule) {
      this.stores = stores;
      this.rule = rule;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<WindowTotals>> all,
        BoundedWindow window,
        OutputReceiver<RunReport> out)
        throws IOException {
      TableStore store = stores.of(window);
      if (store == null) {
        return;
      }

      Map<byte[], WindowTotals> sorted = new TreeMap<>(Arrays::compareUnsigned);
      long newest = Long.MIN_VALUE;
      for (WindowTotals totals : all.getValue()) {
        newest = Math.max(newest, totals.newestMillis());
        if (totals.interactions() > 0) {
          sorted.put(key(totals), totals);
        }
      }

      StoredRows stored = new StoredRows(store, TABLE, KEY, schema(rule), 0);
      for (WindowTotals totals : sorted.values()) {
        WindowPane pane = WindowPane.of(totals, newest);
        if (pane != WindowPane.EARLY || !rule.closedOnly()) {
          stored.write(row(totals, pane));
        }
      }

      out.output(stored.finish());
    }

    private static byte[] key(WindowTotals totals) {
      KeyWriter key = new KeyWriter();
      key.add(new ByteReader(Values.encode(Instant.ofEpochMilli(totals.startMillis()))));
      key.add(new ByteReader(Values.encode(totals.country())));
      return key.toByteArray();
    }

    private @Nullable Object[] row(WindowTotals totals, WindowPane pane) {
      List<@Nullable Object> row = new ArrayList<>();
      row.add(Instant.ofEpochMilli(totals.startMillis()));
      row.add(Instant.ofEpochMilli(totals.endMillis()));
      row.add(totals.country());
      row.add(totals.interactions());
      row.add(totals.seconds());
      row.add(totals.valueCents());
      if (rule.tellsLate()) {
        row.add(totals.late());
        row.add(pane.name());
      }

      return row.toArray();
    }
  }
}
