package org.anabranch.files;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.ChangeCollector;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTagList;
import org.jspecify.annotations.Nullable;

/** What reading changes and reading a base share: files in ranges in, {@link ParsedChanges} out. */
final class ReadRanges {

  private ReadRanges() {}

  /** Spreads the ranges of the files over the workers and reads each with {@code fn}. */
  static PCollectionTuple apply(
      PBegin begin, InputFiles files, String step, DoFn<FileRange, KV<TableBucket, byte[]>> fn) {
    return ParsedChanges.withCoders(
        begin
            .apply("Files", Create.of(files.ranges()).withCoder(FileRange.RangeCoder.of()))
            .apply("Spread", Reshuffle.viaRandomKey())
            .apply(
                step,
                ParDo.of(fn)
                    .withOutputTags(
                        ParsedChanges.BATCHES, TupleTagList.of(ParsedChanges.REPORTS))));
  }

  /** Where batches go: to the output of the element at hand, in the end to that of the bundle. */
  static final class Output implements ChangeCollector.Receiver {

    private @Nullable Consumer<KV<TableBucket, byte[]>> batches;

    void use(DoFn.MultiOutputReceiver element) {
      batches = element.get(ParsedChanges.BATCHES)::output;
    }

    /** Ends the bundle: what {@code rest} hands over still goes out, then its report. */
    void finish(
        DoFn<FileRange, KV<TableBucket, byte[]>>.FinishBundleContext bundle,
        Supplier<RunReport> rest) {
      batches =
          batch ->
              bundle.output(
                  ParsedChanges.BATCHES,
                  batch,
                  BoundedWindow.TIMESTAMP_MIN_VALUE,
                  GlobalWindow.INSTANCE);
      bundle.output(
          ParsedChanges.REPORTS,
          rest.get(),
          BoundedWindow.TIMESTAMP_MIN_VALUE,
          GlobalWindow.INSTANCE);
    }

    @Override
    public void accept(TableBucket bucket, byte[] batch) {
      Objects.requireNonNull(batches).accept(KV.of(bucket, batch));
    }
  }
}
