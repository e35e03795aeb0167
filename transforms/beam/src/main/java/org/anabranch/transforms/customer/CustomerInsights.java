package org.anabranch.transforms.customer;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.jspecify.annotations.Nullable;

/**
 * One row per current customer, also for those without orders: how many orders and interactions,
 * how much was spent, when they were last seen, and scores for recency, frequency and monetary
 * value ({@link CustomerInsight}). Takes {@link MergeBuckets#RUN} and, as {@link
 * MergeBuckets#PROJECTED}, the projections of {@link #projections}; gives reports.
 *
 * <p>Recency is counted back from {@code asOf}; without one from the newest order or interaction
 * there is, so that the same data gives the same scores whenever it is read.
 */
public final class CustomerInsights extends PTransform<PCollectionTuple, PCollection<RunReport>> {

  private static final long serialVersionUID = 1;

  /** Name of the table. */
  public static final String TABLE = "customer_insights";

  static final String CUSTOMERS = "customers";
  static final String ORDERS = "orders";
  private static final List<String> KEY = List.of("customer_id");

  private final PerRun<TableStore> stores;
  private final @Nullable Long asOfMicros;

  private final int buckets;

  private CustomerInsights(PerRun<TableStore> stores, @Nullable Long asOfMicros, int buckets) {
    this.stores = stores;
    this.asOfMicros = asOfMicros;
    this.buckets = buckets;
  }

  /**
   * Insights as of an instant; null: of the newest order or interaction.
   *
   * @param buckets of the projections, and of the table
   */
  public static CustomerInsights to(
      PerRun<TableStore> stores, @Nullable Instant asOf, int buckets) {
    return new CustomerInsights(stores, asOf == null ? null : Values.micros(asOf), buckets);
  }

  /** What the insights need of the merged tables. */
  public static List<Projection> projections(int buckets) {
    return List.of(
        new Projection(CUSTOMERS, List.of("id", "country", "tier"), TABLE, "id", buckets),
        new Projection(
            ORDERS,
            List.of("customer_id", "status", "amount", "ordered_at"),
            TABLE,
            "customer_id",
            buckets),
        new Projection(
            InteractionsByWindow.INTERACTIONS,
            List.of("customer_id", "channel", "occurred_at"),
            TABLE,
            "customer_id",
            buckets));
  }

  /** Schema of the table. */
  public static Schema schema() {
    List<Column> columns = new ArrayList<>();
    Map<String, Type> types = new LinkedHashMap<>();
    types.put("customer_id", Type.INT64);
    types.put("country", Type.STRING);
    types.put("tier", Type.STRING);
    types.put("order_count", Type.INT64);
    types.put("cancelled_count", Type.INT64);
    types.put("total_spend", Type.decimal(Type.MAX_PRECISION, 2));
    types.put("average_order", Type.decimal(Type.MAX_PRECISION, 2));
    types.put("first_order_at", Type.TIMESTAMPTZ);
    types.put("last_order_at", Type.TIMESTAMPTZ);
    types.put("interaction_count", Type.INT64);
    types.put("last_seen_at", Type.TIMESTAMPTZ);
    types.put("favourite_channel", Type.STRING);
    types.put("recency_score", Type.INT32);
    types.put("frequency_score", Type.INT32);
    types.put("monetary_score", Type.INT32);
    types.forEach((name, type) -> columns.add(new Column(name, type, columns.size())));
    return Schema.of(columns);
  }

  @Override
  public PCollection<RunReport> expand(PCollectionTuple input) {
    PCollection<KV<TableBucket, byte[]>> projected = input.get(MergeBuckets.PROJECTED);
    PCollectionView<Long> newest =
        projected
            .apply("Newest times", ParDo.of(new NewestTimeFn()))
            .setCoder(VarLongCoder.of())
            .apply("As of", Max.longsGlobally().asSingletonView());
    PCollection<KV<TableBucket, byte[]>> rows =
        projected.apply("Rows", ProjectedRows.meantFor(TABLE));
    return ProjectedRows.withAllBuckets(rows, input.get(MergeBuckets.RUN), TABLE, buckets)
        .apply("By customer", GroupByKey.create())
        .apply(
            "Insights", ParDo.of(new InsightsFn(stores, newest, asOfMicros)).withSideInputs(newest))
        .setCoder(RunReportCoder.of());
  }

  /** Newest order or interaction of each batch, in microseconds since the epoch. */
  static final class NewestTimeFn extends DoFn<KV<TableBucket, byte[]>, Long> {

    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<TableBucket, byte[]> batch, OutputReceiver<Long> out) {
      ProjectedRows rows = new ProjectedRows(batch.getValue());
      long newest = Long.MIN_VALUE;
      while (rows.next()) {
        for (String column : rows.columns()) {
          Object value = rows.value();
          if (value instanceof Instant time
              && (column.equals("occurred_at") || column.equals("ordered_at"))) {
            newest = Math.max(newest, Values.micros(time));
          }
        }
      }

      if (newest > Long.MIN_VALUE) {
        out.output(newest);
      }
    }
  }

  static final class InsightsFn extends DoFn<KV<TableBucket, Iterable<byte[]>>, RunReport> {

    private static final long serialVersionUID = 1;

    private final PerRun<TableStore> stores;
    private final PCollectionView<Long> newest;
    private final @Nullable Long asOfMicros;

    InsightsFn(PerRun<TableStore> stores, PCollectionView<Long> newest, @Nullable Long asOfMicros) {
      this.stores = stores;
      this.newest = newest;
      this.asOfMicros = asOfMicros;
    }

    @ProcessElement
    public void process(ProcessContext context, BoundedWindow window) throws IOException {
      TableStore store = stores.of(window);
      if (store == null) {
        return;
      }

      Map<byte[], CustomerInsight> customers = new TreeMap<>(Arrays::compareUnsigned);
      for (byte[] batch : context.element().getValue()) {
        ProjectedRows rows = new ProjectedRows(batch);
        while (rows.next()) {
          customers.computeIfAbsent(rows.key(), added -> new CustomerInsight()).add(rows);
        }
      }

      long asOf = asOfMicros == null ? context.sideInput(newest) : asOfMicros;
      StoredRows stored =
          new StoredRows(store, TABLE, KEY, schema(), context.element().getKey().bucket());
      for (CustomerInsight customer : customers.values()) {
        if (customer.isCustomer()) {
          stored.write(customer.row(asOf));
        }
      }

      context.output(stored.finish());
    }
  }
}
