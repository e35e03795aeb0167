package org.anabranch.transforms.parse;

import java.util.Objects;
import java.util.function.Consumer;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Parses raw records into encoded changes, batched by table and bucket. Gives {@link #BATCHES} and
 * {@link #REPORTS}; dead letters are changes of their own table among the batches. Never fails on
 * bad input. The time is that of one pass over the bytes; a bundle holds about 64 KiB per bucket.
 */
public final class ParseChanges extends PTransform<PCollection<RecordBlock>, PCollectionTuple> {

  private static final long serialVersionUID = 1;

  /** Encoded changes by table and bucket. */
  public static final TupleTag<KV<TableBucket, byte[]>> BATCHES = new TupleTag<>("batches") {};

  /** What each bundle saw. */
  public static final TupleTag<RunReport> REPORTS = new TupleTag<>("reports") {};

  private final ParseConfig config;
  private final long recordedAtMicros;

  private ParseChanges(ParseConfig config, long recordedAtMicros) {
    this.config = config;
    this.recordedAtMicros = recordedAtMicros;
  }

  public static ParseChanges with(ParseConfig config, long recordedAtMicros) {
    return new ParseChanges(config, recordedAtMicros);
  }

  /** Coder of {@link #BATCHES}. */
  public static KvCoder<TableBucket, byte[]> batchCoder() {
    return KvCoder.of(TableBucket.BucketCoder.of(), ByteArrayCoder.of());
  }

  @Override
  public PCollectionTuple expand(PCollection<RecordBlock> records) {
    PCollectionTuple parsed =
        records.apply(
            "Parse",
            ParDo.of(new ParseFn(config, recordedAtMicros))
                .withOutputTags(BATCHES, TupleTagList.of(REPORTS)));
    parsed.get(BATCHES).setCoder(batchCoder());
    parsed.get(REPORTS).setCoder(RunReportCoder.of());
    return parsed;
  }

  static final class ParseFn extends DoFn<RecordBlock, KV<TableBucket, byte[]>> {

    private static final long serialVersionUID = 1;

    private final ParseConfig config;
    private final long recordedAtMicros;
    private transient @Nullable ChangeCollector collector;
    private transient @Nullable ChangeParser parser;
    private transient @Nullable Consumer<KV<TableBucket, byte[]>> output;

    ParseFn(ParseConfig config, long recordedAtMicros) {
      this.config = config;
      this.recordedAtMicros = recordedAtMicros;
    }

    @Setup
    public void setup() {
      ChangeCollector changes =
          new ChangeCollector(
              config.buckets(),
              recordedAtMicros,
              (bucket, batch) -> Objects.requireNonNull(output).accept(KV.of(bucket, batch)));
      collector = changes;
      parser = new ChangeParser(config, changes);
    }

    @ProcessElement
    public void process(@Element RecordBlock block, MultiOutputReceiver out) {
      output = out.get(BATCHES)::output;
      ChangeParser lines = Objects.requireNonNull(parser);
      byte[] bytes = block.bytes();
      int from = 0;
      while (from < bytes.length) {
        int end = LineEnds.next(bytes, from);
        lines.parse(block.log(), 0, block.offset() + from, bytes, from, end - from);
        from = end + 1;
      }
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      Instant timestamp = BoundedWindow.TIMESTAMP_MIN_VALUE;
      output = batch -> context.output(BATCHES, batch, timestamp, GlobalWindow.INSTANCE);
      RunReport report = Objects.requireNonNull(collector).finish();
      context.output(REPORTS, report, timestamp, GlobalWindow.INSTANCE);
    }
  }
}
