package org.anabranch.transforms.merge;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.report.JoinReports;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.Generations;
import org.anabranch.transforms.source.TableFacts;
import org.anabranch.transforms.source.TableVerdict;
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
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
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
 * <p>Only changes are shuffled, once: a bucket's stored rows are read where they lie. A bucket's
 * batches are held in memory while it is merged; their number of bytes divided by the number of
 * buckets is the memory a worker needs. Rows whose primary key changed and that lack values travel
 * once more, to meet the row at the old key.
 *
 * <p>May be repeated: each attempt writes files of its own, and only those in a committed report
 * count.
 */
public final class MergeBuckets extends PTransform<PCollectionTuple, PCollectionTuple> {

  private static final long serialVersionUID = 1;

  /** In: the run, as one element of any content. */
  public static final TupleTag<String> RUN = new TupleTag<>("run") {};

  /** In: encoded changes by bucket. */
  public static final TupleTag<KV<TableBucket, byte[]>> BATCHES = new TupleTag<>("changes") {};

  /** In: what was seen while the changes were read. Out: what was written. */
  public static final TupleTag<RunReport> REPORTS = new TupleTag<>("written") {};

  /** Out: the projections of the configuration. */
  public static final TupleTag<KV<TableBucket, byte[]>> PROJECTED = new TupleTag<>("projected") {};

  private static final LongAdder MERGED_BUCKETS = new LongAdder();

  private static final TupleTag<KV<String, byte[]>> MOVED = new TupleTag<>("moved") {};

  private final PerRun<MergeConfig> configs;

  private MergeBuckets(PerRun<MergeConfig> configs) {
    this.configs = configs;
  }

  /** Schema of a table's history, given the table's. */
  public static Schema historySchema(Schema schema) {
    return TableOutput.historySchema(schema);
  }

  /** Columns of the source in the schema of a stored table. */
  public static Schema sourceColumns(Schema stored) {
    return TableOutput.sourceColumns(stored);
  }

  /**
   * Whether more than names of columns are known of a stored table. Not of one that was declared
   * and has never had a row.
   */
  public static boolean isTyped(Schema stored) {
    return sourceColumns(stored).columns().stream()
        .anyMatch(column -> !column.type().equals(Type.NULL));
  }

  /** Whether a stored table is a history that a merge keeps. */
  public static boolean isHistory(Schema stored) {
    return TableOutput.isHistory(stored);
  }

  public static MergeBuckets with(PerRun<MergeConfig> configs) {
    return new MergeBuckets(configs);
  }

  /** Buckets that this process has merged and written so far; for progress on the screen. */
  public static long mergedBuckets() {
    return MERGED_BUCKETS.sum();
  }

  @Override
  public PCollectionTuple expand(PCollectionTuple input) {
    PCollectionView<RunReport> seen =
        input
            .get(REPORTS)
            .apply("Join schemas", Combine.globally(new JoinReports()).withoutDefaults())
            .apply("Schemas", View.asSingleton());
    PCollection<KV<TableBucket, byte[]>> stored =
        input
            .get(RUN)
            .apply("Stored buckets", ParDo.of(new StoredFn(configs)))
            .setCoder(batchCoder());
    PCollectionTuple merged =
        PCollectionList.of(input.get(BATCHES))
            .and(stored)
            .apply("Changes and stored buckets", Flatten.pCollections())
            .apply(
                "Keep the earliest time",
                Window.<KV<TableBucket, byte[]>>configure()
                    .withTimestampCombiner(TimestampCombiner.EARLIEST))
            .apply("Group by bucket", GroupByKey.create())
            .apply(
                "Merge bucket",
                ParDo.of(new MergeFn(configs, seen))
                    .withSideInputs(seen)
                    .withOutputTags(REPORTS, TupleTagList.of(PROJECTED).and(MOVED)));
    setCoders(merged);
    merged.get(MOVED).setCoder(KvCoder.of(StringUtf8Coder.of(), ByteArrayCoder.of()));
    PCollectionTuple resolved =
        merged
            .get(MOVED)
            .apply(
                "Keep the earliest time again",
                Window.<KV<String, byte[]>>configure()
                    .withTimestampCombiner(TimestampCombiner.EARLIEST))
            .apply("Group moved rows", GroupByKey.create())
            .apply(
                "Carry values",
                ParDo.of(new CarryFn(configs, seen))
                    .withSideInputs(seen)
                    .withOutputTags(REPORTS, TupleTagList.of(PROJECTED)));
    setCoders(resolved);
    return PCollectionTuple.of(REPORTS, flatten("Reports", REPORTS, merged, resolved))
        .and(PROJECTED, flatten("Projections", PROJECTED, merged, resolved));
  }

  private static KvCoder<TableBucket, byte[]> batchCoder() {
    return KvCoder.of(TableBucket.BucketCoder.of(), ByteArrayCoder.of());
  }

  private static void setCoders(PCollectionTuple tuple) {
    tuple.get(REPORTS).setCoder(RunReportCoder.of());
    tuple.get(PROJECTED).setCoder(batchCoder());
  }

  private static <T> PCollection<T> flatten(
      String name, TupleTag<T> tag, PCollectionTuple left, PCollectionTuple right) {
    return PCollectionList.of(left.get(tag))
        .and(right.get(tag))
        .apply(name, Flatten.pCollections());
  }

  /** What is decided of a table; the same in every step and for every bucket. */
  static TableVerdict verdict(MergeConfig config, String table, RunReport seen) {
    TableStore store = config.store();
    TableFacts facts = seen.facts(table);
    TableVerdict verdict = TableVerdict.of(table, facts, store.facts(table), config.sources());
    boolean isNew =
        !store.buckets().containsKey(table)
            && facts.values(TableFacts.DECLARED).isEmpty()
            && !table.equals(DeadLetters.TABLE);
    TableVerdict among =
        isNew ? verdict.amongTables(table, tables(store, seen), config.sources()) : verdict;
    return columns(among, config, table, seen);
  }

  /** Refuses a table that gets too many columns. */
  private static TableVerdict columns(
      TableVerdict verdict, MergeConfig config, String table, RunReport seen) {
    TableReport report = seen.table(table);
    if (report == null) {
      return verdict;
    }

    Schema stored = config.store().schema(table);
    List<String> added =
        report.schema().columns().stream()
            .map(Schema.Column::name)
            .filter(name -> stored.column(name) == null)
            .toList();
    return added.isEmpty()
        ? verdict
        : verdict.withColumns(
            table,
            stored.columns().size() + added.size(),
            added.get(added.size() - 1),
            config.sources());
  }

  /** Number of tables that there will be. */
  private static int tables(TableStore store, RunReport seen) {
    Set<String> names = new TreeSet<>(store.buckets().keySet());
    seen.tables().stream()
        .filter(TableReport::published)
        .forEach(report -> names.add(report.table()));
    return names.size();
  }

  static RunReport verdict(String table, TableVerdict verdict) {
    return RunReport.of(List.of(TableReport.telling(table, verdict.toFacts())));
  }

  /**
   * An empty batch per stored bucket: each is looked at, also where nothing changed in it. Tables
   * that get another key give all they have.
   */
  static final class StoredFn extends DoFn<String, KV<TableBucket, byte[]>> {

    private static final long serialVersionUID = 1;

    private final PerRun<MergeConfig> configs;

    StoredFn(PerRun<MergeConfig> configs) {
      this.configs = configs;
    }

    @ProcessElement
    public void process(BoundedWindow window, OutputReceiver<KV<TableBucket, byte[]>> out)
        throws IOException {
      MergeConfig config = configs.of(window);
      if (config == null) {
        return;
      }

      byte[] empty = new RowBatch.Writer(16).toByteArray();
      for (String table : config.mergedTables()) {
        int buckets = config.store().buckets().getOrDefault(table, 0);
        for (int bucket = 0; bucket < buckets; bucket++) {
          out.output(KV.of(new TableBucket(table, bucket), empty));
        }
      }

      for (Map.Entry<String, List<String>> table : config.rekeyed().entrySet()) {
        Rekeying.of(
            config.store(),
            table.getKey(),
            table.getValue(),
            (bucket, batch) -> out.output(KV.of(bucket, batch)));
      }
    }
  }

  static final class MergeFn extends DoFn<KV<TableBucket, Iterable<byte[]>>, RunReport> {

    private static final long serialVersionUID = 1;

    private final PerRun<MergeConfig> configs;
    private final PCollectionView<RunReport> seen;

    MergeFn(PerRun<MergeConfig> configs, PCollectionView<RunReport> seen) {
      this.configs = configs;
      this.seen = seen;
    }

    @ProcessElement
    public void process(ProcessContext context, BoundedWindow window) throws IOException {
      MergeConfig config = configs.of(window);
      if (config == null) {
        return;
      }

      TableBucket bucket = context.element().getKey();
      String table = bucket.table();
      TableVerdict verdict = verdict(config, table, context.sideInput(seen));
      context.output(verdict(table, verdict));
      if (verdict.isRefused()) {
        return;
      }

      BucketUpdate update =
          new BucketUpdate(
              config,
              bucket,
              context.sideInput(seen).key(table),
              context.sideInput(seen).schema(table),
              new Generations(config.sources(), verdict.boundaries()),
              (target, batch) -> context.output(PROJECTED, KV.of(target, batch)),
              batch -> context.output(MOVED, KV.of(table, batch)));
      context.output(update.run(context.element().getValue()));
      MERGED_BUCKETS.increment();
    }
  }

  static final class CarryFn extends DoFn<KV<String, Iterable<byte[]>>, RunReport> {

    private static final long serialVersionUID = 1;

    private final PerRun<MergeConfig> configs;
    private final PCollectionView<RunReport> seen;

    CarryFn(PerRun<MergeConfig> configs, PCollectionView<RunReport> seen) {
      this.configs = configs;
      this.seen = seen;
    }

    @ProcessElement
    public void process(ProcessContext context, BoundedWindow window) throws IOException {
      MergeConfig config = configs.of(window);
      if (config == null) {
        return;
      }

      String table = context.element().getKey();
      TableVerdict verdict = verdict(config, table, context.sideInput(seen));
      BucketUpdate update =
          new BucketUpdate(
              config,
              new TableBucket(table, TableStore.MOVED),
              context.sideInput(seen).key(table),
              context.sideInput(seen).schema(table),
              new Generations(config.sources(), verdict.boundaries()),
              (target, batch) -> context.output(PROJECTED, KV.of(target, batch)),
              batch -> {
                throw new IllegalStateException("a row has moved twice in " + table);
              });
      context.output(update.run(context.element().getValue()));
    }
  }
}
