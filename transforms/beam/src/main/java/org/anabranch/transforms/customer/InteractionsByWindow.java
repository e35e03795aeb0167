package org.anabranch.transforms.customer;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
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
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.joda.time.Duration;

/**
 * Interactions counted per country and fixed event-time window. Takes {@link MergeBuckets#RUN} and,
 * as {@link MergeBuckets#PROJECTED}, the merged interactions, in which each event id is there once
 * however often it was delivered; gives reports. All interactions are counted in each run, so that
 * none comes too late for its window: a row is what is known of a window by now, also while the
 * window is open.
 */
public final class InteractionsByWindow
    extends PTransform<PCollectionTuple, PCollection<RunReport>> {

  private static final long serialVersionUID = 1;

  /** Name of the table. */
  public static final String TABLE = "interactions_by_window";

  /** Table of the interactions. */
  public static final String INTERACTIONS = "interactions";

  private static final List<String> KEY = List.of("window_start", "country");
  private static final String UNKNOWN_COUNTRY = "";
  private static final int PARTS = 4;

  private final PerRun<TableStore> stores;
  private final Duration window;

  private InteractionsByWindow(PerRun<TableStore> stores, Duration window) {
    this.stores = stores;
    this.window = window;
  }

  public static InteractionsByWindow to(PerRun<TableStore> stores, java.time.Duration window) {
    return new InteractionsByWindow(stores, Duration.millis(window.toMillis()));
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
            .apply("Windows", ParDo.of(new WindowsFn(window)))
            .setCoder(KvCoder.of(VarIntCoder.of(), WindowTotals.TotalsCoder.of()))
            .apply("By part", GroupByKey.create())
            .apply("Totals", ParDo.of(new TotalsFn()))
            .setCoder(coder());
    return PCollectionList.of(windows)
        .and(none)
        .apply("Windows and none", Flatten.pCollections())
        .apply("Together", GroupByKey.create())
        .apply("Write", ParDo.of(new WriteFn(stores)))
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

    private final FixedWindows windows;

    WindowsFn(Duration window) {
      windows = FixedWindows.of(window);
    }

    @ProcessElement
    public void process(
        @Element KV<TableBucket, byte[]> batch, OutputReceiver<KV<Integer, WindowTotals>> out) {
      WindowTotals.Sums sums = new WindowTotals.Sums();
      ProjectedRows rows = new ProjectedRows(batch.getValue());
      while (rows.next()) {
        rows.value();
        Object country = rows.value();
        Object seconds = rows.value();
        Object cents = rows.value();
        Instant time = (Instant) Objects.requireNonNull(rows.value());
        IntervalWindow window =
            windows.assignWindow(org.joda.time.Instant.ofEpochMilli(time.toEpochMilli()));
        sums.add(
            new WindowTotals(
                country == null ? UNKNOWN_COUNTRY : (String) country,
                window.start().getMillis(),
                window.end().getMillis(),
                1,
                seconds == null ? 0 : (Long) seconds,
                cents == null ? 0 : (Long) cents));
      }

      sums.forEach(totals -> out.output(KV.of(totals.part(PARTS), totals)));
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

    WriteFn(PerRun<TableStore> stores) {
      this.stores = stores;
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
