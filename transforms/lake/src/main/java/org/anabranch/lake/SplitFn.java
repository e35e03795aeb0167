package org.anabranch.lake;

import java.util.List;
import java.util.Objects;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.SplitByBucket;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.BucketCounts;
import org.anabranch.transforms.parse.ChangeBatch;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.parse.ParsedOutput;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/** Spreads changes over the buckets of their tables and hands on what was seen of these. */
final class SplitFn extends DoFn<ChangeBatch, KV<TableBucket, byte[]>> {

  private static final long serialVersionUID = 1;

  private final PerRun<MergeConfig> merging;
  private transient @Nullable ParsedOutput output;
  private transient @Nullable SplitByBucket split;

  SplitFn(PerRun<MergeConfig> merging) {
    this.merging = merging;
  }

  @Setup
  public void setup() {
    ParsedOutput target = new ParsedOutput();
    output = target;
    split = new SplitByBucket(target::accept);
  }

  @ProcessElement
  public void process(@Element ChangeBatch batch, BoundedWindow window, MultiOutputReceiver out) {
    out.get(ParsedChanges.REPORTS).output(RunReport.of(List.of(batch.report())));
    MergeConfig config = merging.of(window);
    if (config != null) {
      Objects.requireNonNull(output).use(out);
      int buckets =
          new BucketCounts(config.store().bucketsOfNewTables(), config.store().buckets())
              .of(batch.table());
      for (byte[] changes : batch.changes()) {
        Objects.requireNonNull(split).add(batch.table(), buckets, changes);
      }
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext bundle) {
    Objects.requireNonNull(output)
        .finish(
            bundle,
            () -> {
              Objects.requireNonNull(split).finish();
              return RunReport.EMPTY;
            });
  }
}
