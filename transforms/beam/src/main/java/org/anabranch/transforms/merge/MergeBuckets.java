package org.anabranch.transforms.merge;

import java.io.IOException;
import org.anabranch.model.Schema;
import org.anabranch.transforms.report.JoinReports;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Merges encoded changes into current rows and histories, one bucket of a table at a time, and
 * writes them to the store. Takes batches and the reports of the steps that made them (from which
 * it knows the tables' schemas); gives {@link #REPORTS} on what was written and {@link #PROJECTED}
 * rows for later steps.
 *
 * <p>Only changes are shuffled, once. A bucket's batches are held in memory while it is merged;
 * their number of bytes divided by the number of buckets is the memory a worker needs. Rows whose
 * primary key changed and that lack values travel once more, to meet the row at the old key.
 *
 * <p>May be repeated: each attempt writes files of its own, and only those in a committed report
 * count.
 */
public final class MergeBuckets extends PTransform<PCollectionTuple, PCollectionTuple> {

  private static final long serialVersionUID = 1;

  /** In: encoded changes by bucket. */
  public static final TupleTag<KV<TableBucket, byte[]>> BATCHES = new TupleTag<>("changes") {};

  /** In: what was seen while the changes were read. Out: what was written. */
  public static final TupleTag<RunReport> REPORTS = new TupleTag<>("written") {};

  /** Out: the projections of the configuration. */
  public static final TupleTag<KV<TableBucket, byte[]>> PROJECTED = new TupleTag<>("projected") {};

  private static final TupleTag<KV<String, byte[]>> PENDING = new TupleTag<>("pending") {};

  private final MergeConfig config;

  private MergeBuckets(MergeConfig config) {
    this.config = config;
  }

  /** Schema of a table's history, given the table's. */
  public static Schema historySchema(Schema schema) {
    return TableOutput.historySchema(schema);
  }

  public static MergeBuckets with(MergeConfig config) {
    return new MergeBuckets(config);
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple input) {
    PCollectionView<RunReport> seen =
        input
            .get(REPORTS)
            .apply("Join schemas", Combine.globally(new JoinReports()).withoutDefaults())
            .apply("Schemas", View.asSingleton());
    PCollectionTuple merged =
        input
            .get(BATCHES)
            .apply(
                "Keep the earliest time",
                Window.<KV<TableBucket, byte[]>>configure()
                    .withTimestampCombiner(TimestampCombiner.EARLIEST))
            .apply("Group by bucket", GroupByKey.create())
            .apply(
                "Merge bucket",
                ParDo.of(new MergeFn(config, seen))
                    .withSideInputs(seen)
                    .withOutputTags(REPORTS, TupleTagList.of(PROJECTED).and(PENDING)));
    setCoders(merged);
    merged.get(PENDING).setCoder(KvCoder.of(StringUtf8Coder.of(), ByteArrayCoder.of()));
    PCollectionTuple resolved =
        merged
            .get(PENDING)
            .apply(
                "Keep the earliest time again",
                Window.<KV<String, byte[]>>configure()
                    .withTimestampCombiner(TimestampCombiner.EARLIEST))
            .apply("Group key changes", GroupByKey.create())
            .apply(
                "Carry values",
                ParDo.of(new CarryFn(config, seen))
                    .withSideInputs(seen)
                    .withOutputTags(REPORTS, TupleTagList.of(PROJECTED)));
    setCoders(resolved);
    return PCollectionTuple.of(REPORTS, flatten("Reports", REPORTS, merged, resolved))
        .and(PROJECTED, flatten("Projections", PROJECTED, merged, resolved));
  }

  private static void setCoders(PCollectionTuple tuple) {
    tuple.get(REPORTS).setCoder(RunReportCoder.of());
    tuple.get(PROJECTED).setCoder(KvCoder.of(TableBucket.BucketCoder.of(), ByteArrayCoder.of()));
  }

  private static <T> PCollection<T> flatten(
      String name, TupleTag<T> tag, PCollectionTuple left, PCollectionTuple right) {
    return PCollectionList.of(left.get(tag))
        .and(right.get(tag))
        .apply(name, Flatten.pCollections());
  }

  static final class MergeFn extends DoFn<KV<TableBucket, Iterable<byte[]>>, RunReport> {

    private static final long serialVersionUID = 1;

    private final MergeConfig config;
    private final PCollectionView<RunReport> seen;

    MergeFn(MergeConfig config, PCollectionView<RunReport> seen) {
      this.config = config;
      this.seen = seen;
    }

    @ProcessElement
    public void process(ProcessContext context) throws IOException {
      TableBucket bucket = context.element().getKey();
      String table = bucket.table();
      Versions versions = new Versions();
      context.element().getValue().forEach(versions::add);
      TableOutput output =
          new TableOutput(
              config,
              bucket,
              context.sideInput(seen).schema(table),
              (target, batch) -> context.output(PROJECTED, KV.of(target, batch)));
      new BucketMerge(
              versions,
              output,
              config.histories().contains(table),
              waiting -> context.output(PENDING, KV.of(table, Pending.encode(waiting))))
          .run();
      context.output(output.finish());
    }
  }

  static final class CarryFn extends DoFn<KV<String, Iterable<byte[]>>, RunReport> {

    private static final long serialVersionUID = 1;

    /** Number in the names of files that hold the rows of several buckets. */
    private static final int ALL_BUCKETS = 99999;

    private final MergeConfig config;
    private final PCollectionView<RunReport> seen;

    CarryFn(MergeConfig config, PCollectionView<RunReport> seen) {
      this.config = config;
      this.seen = seen;
    }

    @ProcessElement
    public void process(ProcessContext context) throws IOException {
      String table = context.element().getKey();
      TableOutput output =
          new TableOutput(
              config,
              new TableBucket(table, ALL_BUCKETS),
              context.sideInput(seen).schema(table),
              (target, batch) -> context.output(PROJECTED, KV.of(target, batch)));
      CarriedValues carried = new CarriedValues(output);
      context.element().getValue().forEach(bytes -> carried.add(Pending.decode(bytes)));
      carried.write();
      context.output(output.finish());
    }
  }
}
