package org.anabranch.transforms.parse;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.anabranch.model.Values;
import org.anabranch.transforms.archive.LogRecord;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.jspecify.annotations.Nullable;

/** Parses records of logs and lines of files; a batch per table goes out with each bundle. */
final class ParseFn extends DoFn<LogRecord, ChangeBatch> {

  private static final long serialVersionUID = 1;

  /** An unbounded pipeline looks at the clock so often: nothing it notes needs more. */
  private static final Duration CLOCK = Duration.ofHours(1);

  private final LateParsing parsing;
  private final long startMicros;
  private transient @Nullable ChangeLines lines;
  private transient @Nullable BatchOutput output;
  private transient @Nullable Instant lookedAt;

  /**
   * @param startMicros when the pipeline was built, microseconds since the epoch; 0 for one that
   *     goes on for ever
   */
  ParseFn(LateParsing parsing, long startMicros) {
    this.parsing = parsing;
    this.startMicros = startMicros;
  }

  @StartBundle
  public void start() {
    Instant last = lookedAt;
    Instant now = Instant.now();
    boolean isOld = startMicros == 0 && last != null && last.plus(CLOCK).isBefore(now);
    if (last == null || isOld) {
      BatchOutput target = new BatchOutput();
      output = target;
      lines =
          new ChangeLines(
              parsing.config(), startMicros == 0 ? Values.micros(now) : startMicros, target);
      lookedAt = now;
    }
  }

  @ProcessElement
  public void process(@Element LogRecord record, OutputReceiver<ChangeBatch> out) {
    ChangeLines parser = Objects.requireNonNull(lines);
    byte[] value = record.value();
    if (!record.isLines()) {
      parser.record(
          record.topic(),
          record.partition(),
          record.offset(),
          record.timestampMillis(),
          record.key(),
          value,
          record.recordHeaders());
    } else if (value != null) {
      parser.parse(record.topic(), record.offset(), value, 0, value.length);
    }

    BatchOutput target = Objects.requireNonNull(output);
    if (target.isFull()) {
      target.finish(parser.finish(), out::output);
    }
  }

  @FinishBundle
  public void finish(FinishBundleContext bundle) {
    Objects.requireNonNull(output)
        .finish(
            Objects.requireNonNull(lines).finish(),
            batch ->
                bundle.output(batch, BoundedWindow.TIMESTAMP_MIN_VALUE, GlobalWindow.INSTANCE));
  }
}
