package org.anabranch.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.anabranch.lake.ComputedTables;
import org.anabranch.lake.Lake;
import org.anabranch.launcher.Slice.Unit;

/**
 * A job that lives on: every interval it takes what came since the progress that is committed, runs
 * the pipeline over it and commits data and progress together. All it knows is in the warehouse, so
 * it can be stopped or killed at any moment and started again anywhere. The engine is started once.
 */
final class MicroBatches {

  private final RunCall call;
  private final CallContext context;
  private final Lake lake;
  private final RunnerSession session;
  private final TopicFeed feed;
  private final Stop stop;
  private final MicroBatchOptions options;
  private final long startNanos = System.nanoTime();
  private final JobMetrics metrics;

  MicroBatches(
      RunCall call,
      CallContext context,
      Lake lake,
      RunnerSession session,
      TopicFeed feed,
      Stop stop) {
    this.call = call;
    this.context = context;
    this.lake = lake;
    this.session = session;
    this.feed = feed;
    this.stop = stop;
    options = call.microBatches();
    metrics = new JobMetrics(call.job());
  }

  /** Runs until it is asked to stop, or has caught up where that is its end. */
  void run() throws IOException {
    TopicOptions topics = Objects.requireNonNull(call.topics());
    try (LagMeter lag = new LagMeter(topics, call.target().lake())) {
      MetricsServer.serveDuring(options.metricsPort(), metrics, lag, context.err(), this::loop);
    }
  }

  private void loop() throws IOException {
    boolean areBehind = ComputedTables.areBehind(lake, call.runPipeline());
    while (!stop.isAsked()) {
      long start = System.nanoTime();
      areBehind |= !UnfinishedRuns.finish(lake, call.runPipeline(), context.err());
      Slice slice = feed.next(lake, options.maxRows());
      slice = slice == null && areBehind ? feed.nothing() : slice;
      areBehind = false;
      if (slice == null && options.untilCaughtUp()) {
        break;
      }

      long behind = slice == null ? 0 : runBatch(slice);
      boolean hurries = behind >= options.maxRows() || (options.untilCaughtUp() && behind > 0);
      if (!hurries && !options.untilCaughtUp()) {
        stop.await(options.every().minusNanos(System.nanoTime() - start));
      }
    }

    metrics.print(
        context.out(), Duration.ofNanos(System.nanoTime() - startNanos), call.target().warehouse());
  }

  /** Runs one batch; gives how many records are waiting behind it. */
  private long runBatch(Slice slice) throws IOException {
    SliceRun run = new SliceRun(call, context, lake, session, feed, slice);
    Summary summary = run.run();
    summary.requireNoRefusal();
    metrics.count(summary, run.seconds(), run.commitSeconds());
    long behind = feed.behind(slice);
    PrintStream err = context.err();
    err.println(
        String.format(
            Locale.ROOT,
            "batch %d: %s in %.1f s, commit %.1f s, %s behind",
            metrics.batches(),
            slice.unit().text(slice.size()),
            run.seconds(),
            run.commitSeconds(),
            Unit.RECORDS.text(behind)));
    return behind;
  }
}
