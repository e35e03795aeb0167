package org.anabranch.transforms.customer;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.transforms.merge.Projection;
import org.anabranch.transforms.merge.StoredRows;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.joda.time.Duration;

/**
 * Interactions counted per country and fixed event-time window. Takes the merged interactions, in
 * which each event id is there once however often it was delivered, and gives reports.
 */
public final class InteractionsByWindow
    extends PTransform<PCollection<KV<TableBucket, byte[]>>, PCollection<RunReport>> {

  private static final long serialVersionUID = 1;

  /** Name of the table. */
  public static final String TABLE = "interactions_by_window";

  /** Table of the interactions. */
  public static final String INTERACTIONS = "interactions";

  private static final List<String> KEY = List.of("window_start", "country");
  private static final String UNKNOWN_COUNTRY = "";

  private final TableStore store;
  private final Duration window;

  private InteractionsByWindow(TableStore store, Duration window) {
    this.store = store;
    this.window = window;
  }

  public static InteractionsByWindow to(TableStore store, java.time.Duration window) {
    return new InteractionsByWindow(store, Duration.millis(window.toMillis()));
  }

  /** What the windows need of the merged interactions. */
  public static Projection projection(int buckets) {
    return new Projection(
        INTERACTIONS,
        List.of("event_id", "country", "seconds", "value_cents", "occurred_at"),
        TABLE,
        "event_id",
        buckets);
  }

  /** Schema of the table. */
  public static Schema schema() {
    return Schema.of(
        List.of(
            new Column("window_start", Type.TIMESTAMPTZ, 0),
            new Column("window_end", Type.TIMESTAMPTZ, 1),
            new Column("country", Type.STRING, 2),
            new Column("interactions", Type.INT64, 3),
            new Column("seconds", Type.INT64, 4),
            new Column("value_cents", Type.INT64, 5)));
  }

  @Override
  public PCollection<RunReport> expand(PCollection<KV<TableBucket, byte[]>> projected) {
    // The table is written, also where no interaction is left.
    PCollection<KV<String, WindowTotals>> none =
        projected
            .getPipeline()
            .apply(
                "No window",
                Create.of(KV.of(TABLE, WindowTotals.NONE))
                    .withCoder(KvCoder.of(StringUtf8Coder.of(), WindowTotals.TotalsCoder.of())));
    PCollection<KV<String, WindowTotals>> windows =
        projected
            .apply("Rows", ProjectedRows.meantFor(TABLE))
            .apply("Interactions", ParDo.of(new InteractionsFn()))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), WindowTotals.TotalsCoder.of()))
            .apply("Windows", Window.into(FixedWindows.of(window)))
            .apply("Totals", Combine.perKey(new WindowTotals.SumFn()))
            .apply("With their windows", ParDo.of(new WindowFn()))
            .setCoder(KvCoder.of(StringUtf8Coder.of(), WindowTotals.TotalsCoder.of()))
            .apply("All windows", Window.into(new GlobalWindows()));
    PCollection<RunReport> written =
        PCollectionList.of(windows)
            .and(none)
            .apply("Windows and none", Flatten.pCollections())
            .apply("Together", GroupByKey.create())
            .apply("Write", ParDo.of(new WriteFn(store)))
            .setCoder(RunReportCoder.of());
    RunReport table =
        RunReport.of(List.of(new TableReport(TABLE, KEY, schema(), List.of(), Map.of())));
    PCollection<RunReport> declared =
        projected
            .getPipeline()
            .apply("Table " + TABLE, Create.of(table).withCoder(RunReportCoder.of()));
    return PCollectionList.of(written).and(declared).apply("Reports", Flatten.pCollections());
  }

  /** Gives each interaction as totals of one, keyed by country, at the time it happened. */
  static final class InteractionsFn
      extends DoFn<KV<TableBucket, byte[]>, KV<String, WindowTotals>> {

    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(
        @Element KV<TableBucket, byte[]> batch, OutputReceiver<KV<String, WindowTotals>> out) {
      ProjectedRows rows = new ProjectedRows(batch.getValue());
      while (rows.next()) {
        rows.value();
        Object country = rows.value();
        Object seconds = rows.value();
        Object cents = rows.value();
        Instant time = (Instant) Objects.requireNonNull(rows.value());
        WindowTotals one =
            WindowTotals.one(
                seconds == null ? 0 : (Long) seconds, cents == null ? 0 : (Long) cents);
        out.outputWithTimestamp(
            KV.of(country == null ? UNKNOWN_COUNTRY : (String) country, one),
            org.joda.time.Instant.ofEpochMilli(time.toEpochMilli()));
      }
    }
  }

  /** Notes country and window in the totals and gathers all under one key. */
  static final class WindowFn extends DoFn<KV<String, WindowTotals>, KV<String, WindowTotals>> {

    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(
        @Element KV<String, WindowTotals> totals,
        BoundedWindow window,
        OutputReceiver<KV<String, WindowTotals>> out) {
      IntervalWindow interval = (IntervalWindow) window;
      out.output(
          KV.of(
              TABLE,
              totals
                  .getValue()
                  .in(totals.getKey(), interval.start().getMillis(), interval.end().getMillis())));
    }
  }

  static final class WriteFn extends DoFn<KV<String, Iterable<WindowTotals>>, RunReport> {

    private static final long serialVersionUID = 1;

    private final TableStore store;

    WriteFn(TableStore store) {
      this.store = store;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<WindowTotals>> all, OutputReceiver<RunReport> out)
        throws IOException {
      List<WindowTotals> sorted = new ArrayList<>();
      for (WindowTotals totals : all.getValue()) {
        if (totals.interactions() > 0) {
          sorted.add(totals);
        }
      }

      sorted.sort(
          Comparator.comparingLong(WindowTotals::startMillis).thenComparing(WindowTotals::country));
      StoredRows stored = new StoredRows(store, TABLE, KEY, schema(), 0);
      for (WindowTotals totals : sorted) {
        boolean isUnknown = totals.country().equals(UNKNOWN_COUNTRY);
        stored.write(
            Instant.ofEpochMilli(totals.startMillis()),
            Instant.ofEpochMilli(totals.endMillis()),
            isUnknown ? null : totals.country(),
            totals.interactions(),
            totals.seconds(),
            totals.valueCents());
      }

      out.output(stored.finish());
    }
  }
}
