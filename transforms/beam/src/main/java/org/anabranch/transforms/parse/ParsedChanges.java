package org.anabranch.transforms.parse;

import org.anabranch.model.Internal;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/** What every step that reads changes gives: {@link #BATCHES} and {@link #REPORTS}. */
@Internal
public final class ParsedChanges {

  /** Encoded changes by table and bucket; dead letters are changes of their own table. */
  public static final TupleTag<KV<TableBucket, byte[]>> BATCHES = new TupleTag<>("batches") {};

  /** What each bundle saw. */
  public static final TupleTag<RunReport> REPORTS = new TupleTag<>("reports") {};

  private ParsedChanges() {}

  /** Coder of {@link #BATCHES}. */
  public static KvCoder<TableBucket, byte[]> batchCoder() {
    return KvCoder.of(TableBucket.BucketCoder.of(), ByteArrayCoder.of());
  }

  /** Spreads parts of the input over the workers and reads each with {@code fn}. */
  public static <R> PCollectionTuple spread(
      PCollection<R> parts, String step, DoFn<R, KV<TableBucket, byte[]>> fn) {
    return withCoders(
        parts
            .apply("Spread", Reshuffle.viaRandomKey())
            .apply(step, ParDo.of(fn).withOutputTags(BATCHES, TupleTagList.of(REPORTS))));
  }

  /** Sets the coders of both. */
  public static PCollectionTuple withCoders(PCollectionTuple changes) {
    changes.get(BATCHES).setCoder(batchCoder());
    changes.get(REPORTS).setCoder(RunReportCoder.of());
    return changes;
  }
}
