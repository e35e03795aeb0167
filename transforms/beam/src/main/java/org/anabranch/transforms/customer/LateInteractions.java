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
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.StoredRows;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * The interactions that {@link InteractionsByWindow} leaves out because they came too late, one row
 * each, by the same {@link WindowRule}: what the windows count and these rows are all interactions.
 * Takes what {@link InteractionsByWindow} takes; gives reports.
 */
public final class LateInteractions extends PTransform<PCollectionTuple, PCollection<RunReport>> {

  private static final long serialVersionUID = 1;

  /** Name of the table. */
  public static final String TABLE = "late_interactions";

  private static final List<String> KEY = List.of("event_id");

  private final PerRun<TableStore> stores;
  private final WindowRule rule;
  private final int buckets;

  private LateInteractions(PerRun<TableStore> stores, WindowRule rule, int buckets) {
    this.stores = stores;
    this.rule = rule;
    this.buckets = buckets;
  }

  /**
   * Late interactions by a rule.
   *
   * @param buckets of the projection, and of the table
   */
  public static LateInteractions to(PerRun<TableStore> stores, WindowRule rule, int buckets) {
    return new LateInteractions(stores, rule, buckets);
  }

  /** Schema of the table. */
  public static Schema schema() {
    Map<String, Type> types = new LinkedHashMap<>();
    types.put("event_id", Type.STRING);
    types.put("window_start", Type.TIMESTAMPTZ);
    types.put("window_end", Type.TIMESTAMPTZ);
    types.put("occurred_at", Type.TIMESTAMPTZ);
    types.put("logged_at", Type.TIMESTAMPTZ);
    types.put("customer_id", Type.INT64);
    types.put("country", Type.STRING);
    types.put("seconds", Type.INT64);
    types.put("value_cents", Type.INT64);
    List<Column> columns = new ArrayList<>();
    types.forEach((name, type) -> columns.add(new Column(name, type, columns.size())));
    return Schema.of(columns);
  }

  @Override
  public PCollection<RunReport> expand(PCollectionTuple input) {
    String projection = InteractionsByWindow.TABLE;
    PCollection<KV<TableBucket, byte[]>> late =
        input
            .get(MergeBuckets.PROJECTED)
            .apply("Rows", ProjectedRows.meantFor(projection))
            .apply("Too late", ParDo.of(new TooLateFn(rule)))
            .setCoder(ParsedChanges.batchCoder());
    return ProjectedRows.withAllBuckets(late, input.get(MergeBuckets.RUN), projection, buckets)
        .apply("By bucket", GroupByKey.create())
        .apply("Write", ParDo.of(new WriteFn(stores, rule)))
        .setCoder(RunReportCoder.of());
  }

  /** Leaves the rows that came too late. */
  static final class TooLateFn extends DoFn<KV<TableBucket, byte[]>, KV<TableBucket, byte[]>> {

    private static final long serialVersionUID = 1;

    private final WindowRule rule;

    TooLateFn(WindowRule rule) {
      this.rule = rule;
    }

    @ProcessElement
    public void process(
        @Element KV<TableBucket, byte[]> batch, OutputReceiver<KV<TableBucket, byte[]>> out) {
      byte[] late =
          ProjectedRows.filter(
              batch.getValue(),
              rows -> {
                Interaction interaction = Interaction.read(rows);
                return rule.isTooLate(interaction.occurredAt(), interaction.loggedAt());
              });
      if (late.length > 0) {
        out.output(KV.of(batch.getKey(), late));
      }
    }
  }

  static final class WriteFn extends DoFn<KV<TableBucket, Iterable<byte[]>>, RunReport> {

    private static final long serialVersionUID = 1;

    private final PerRun<TableStore> stores;
    private final WindowRule rule;

    WriteFn(PerRun<TableStore> stores, WindowRule rule) {
      this.stores = stores;
      this.rule = rule;
    }

    @ProcessElement
    public void process(
        @Element KV<TableBucket, Iterable<byte[]>> bucket,
        BoundedWindow window,
        OutputReceiver<RunReport> out)
        throws IOException {
      TableStore store = stores.of(window);
      if (store == null) {
        return;
      }

      Map<byte[], Interaction> late = new TreeMap<>(Arrays::compareUnsigned);
      for (byte[] batch : bucket.getValue()) {
        ProjectedRows rows = new ProjectedRows(batch);
        while (rows.next()) {
          late.put(rows.key(), Interaction.read(rows));
        }
      }

      StoredRows stored = new StoredRows(store, TABLE, KEY, schema(), bucket.getKey().bucket());
      for (Interaction interaction : late.values()) {
        stored.write(
            interaction.eventId(),
            Instant.ofEpochMilli(rule.startOf(interaction.occurredAt())),
            Instant.ofEpochMilli(rule.endOf(interaction.occurredAt())),
            interaction.occurredAt(),
            interaction.loggedAt(),
            interaction.customerId(),
            interaction.country(),
            interaction.seconds(),
            interaction.valueCents());
      }

      out.output(stored.finish());
    }
  }
}
