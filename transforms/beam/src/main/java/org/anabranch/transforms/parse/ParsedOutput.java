package org.anabranch.transforms.parse;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.anabranch.model.Internal;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * Where batches go within a function that reads changes: to the output of the element at hand, in
 * the end to that of the bundle.
 */
@Internal
public final class ParsedOutput implements ChangeCollector.Receiver {

  private @Nullable Consumer<KV<TableBucket, byte[]>> batches;

  /** Sends what follows to the output of an element. */
  public void use(DoFn.MultiOutputReceiver element) {
    batches = element.get(ParsedChanges.BATCHES)::output;
  }

  /** Ends an element: what {@code rest} hands over still goes out, then its report. */
  public void finish(DoFn.MultiOutputReceiver element, Supplier<RunReport> rest) {
    use(element);
    element.get(ParsedChanges.REPORTS).output(rest.get());
  }

  /** Ends the bundle: what {@code rest} hands over still goes out, then its report. */
  public <R> void finish(
      DoFn<R, KV<TableBucket, byte[]>>.FinishBundleContext bundle, Supplier<RunReport> rest) {
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
