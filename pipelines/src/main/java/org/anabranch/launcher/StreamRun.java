package org.anabranch.launcher;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeRuns;
import org.anabranch.pipelines.ChangeSource.TopicStream;
import org.anabranch.pipelines.Target;
import org.anabranch.transforms.merge.RewriteRule;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.StreamingOptions;

/** A job as one unbounded pipeline, which the engine keeps running: see {@link StreamReader}. */
final class StreamRun {

  private final RunCall call;
  private final CallContext context;
  private final long startNanos = System.nanoTime();

  StreamRun(RunCall call, CallContext context) {
    this.call = call;
    this.context = context;
  }

  /**
   * Runs until the job is asked to stop, or has caught up where that is its end.
   *
   * @throws RunFailedException where it ended otherwise than well
   */
  void run(Lake lake) throws IOException {
    TopicOptions topics = Objects.requireNonNull(call.topics());
    try (TopicFeed feed = TopicFeed.open(topics)) {
      if (call.target().archives()) {
        feed.requireArchivedIn(lake);
      }
    }

    StreamJob job = StreamJob.of(call, topics);
    context
        .err()
        .println(
            "%s on %s: a stream of %s"
                .formatted(call.pipeline().label(), call.run().runner(), topics.topics()));
    try (StreamMonitor monitor = StreamMonitor.follow(job, context.err(), stop());
        LagMeter lag = new LagMeter(topics, call.target().lake())) {
      MetricsServer.serveDuring(
          call.microBatches().metricsPort(),
          monitor.metrics(),
          lag,
          context.err(),
          () -> {
            try {
              run(job);
            } finally {
              monitor.cleanUp(lake);
            }
          });
      monitor.print(
          context.out(),
          Duration.ofNanos(System.nanoTime() - startNanos),
          call.target().warehouse());
    }
  }

  /** A signal ends this process at once where the job lives in a cluster, which is not asked. */
  private Stop stop() {
    return call.isStreamOnCluster() ? new Stop() : Stop.onSignals();
  }

  private void run(StreamJob job) {
    try (RunnerSession session = RunnerSession.open(call.run().runner(), call.beam())) {
      session.join(call.beam());
      PipelineResult.State state = build(job).run().waitUntilFinish();
      if (state != PipelineResult.State.DONE) {
        throw new RunFailedException("the runner ended the pipeline as " + state);
      }
    }
  }

  private Pipeline build(StreamJob job) {
    call.beam().as(StreamingOptions.class).setStreaming(true);
    Pipeline pipeline = Pipeline.create(call.beam());
    call.plan()
        .build(
            pipeline,
            new TopicStream(job.topics().kafka(), new StreamSource(job)),
            new Target(
                new LakeRuns(call.target().lake()),
                RewriteRule.BY_COST,
                call.target().schemaChanges(),
                call.target().lake()));
    return pipeline;
  }
}
