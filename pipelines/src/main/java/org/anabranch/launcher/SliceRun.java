package org.anabranch.launcher;

import java.io.IOException;
import java.time.Instant;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.RunOutcome;
import org.anabranch.lake.RunRules;
import org.anabranch.launcher.ProgressLine.Amount;
import org.anabranch.pipelines.Target;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/**
 * One slice of the input: runs the pipeline beside the tables of the warehouse, whose last step
 * commits what it wrote, together with how far the job has come; on the Direct runner it leaves its
 * report, and this commits ({@link Runners#commitsInStep}). A run that fails before commits
 * nothing; one that dies while it commits is finished by the next.
 */
final class SliceRun {

  private final RunCall call;
  private final CallContext context;
  private final Lake lake;
  private final RunnerSession session;
  private final Feed feed;
  private final Slice slice;
  private final long startNanos = System.nanoTime();
  private final SliceCommit commit;

  SliceRun(
      RunCall call, CallContext context, Lake lake, RunnerSession session, Feed feed, Slice slice) {
    this.call = call;
    this.context = context;
    this.lake = lake;
    this.session = session;
    this.feed = feed;
    this.slice = slice;
    commit = new SliceCommit(lake, call.target(), call.runPipeline(), Instant.now());
  }

  /**
   * Runs to the end.
   *
   * @return what happened
   * @throws RunFailedException where the run ended otherwise than well
   */
  Summary run() throws IOException {
    RunRules rules =
        SliceCommit.rules(call.target(), call.runPipeline(), call.plan().tables().sources());
    for (int round = 1; round <= SliceCommit.MAX_ROUNDS; round++) {
      try (LakeRun run = lake.startRun(buckets(), rules, call.runPipeline())) {
        SliceCommit.requireInputs(lake, call.runPipeline());
        run.setProgress(slice.progress(call.run().mode()));
        Summary summary = commit.summary(run, runPipeline(run));
        if (summary != null) {
          return summary;
        }
      }

      context.err().println(SliceCommit.AGAIN);
    }

    throw new RunFailedException(SliceCommit.inVain(call.target()));
  }

  /** Time that commits have taken. */
  double commitSeconds() {
    return commit.commitSeconds();
  }

  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private int buckets() {
    return call.plan().tables().bucketsFor(slice.bytes());
  }

  /** Runs the pipeline and gives what became of the run once it is committed. */
  private RunOutcome runPipeline(LakeRun run) throws IOException {
    Amount amount = new Amount(slice.size(), slice.unit(), Slice.since(feed::read));
    try (ProgressLine progress = new ProgressLine(context.err(), context.screen(), amount)) {
      if (call.run().mode() == Mode.BATCH) {
        progress.start(
            "%s on %s: reading %s"
                .formatted(call.pipeline().label(), call.run().runner(), slice.text()));
      } else {
        progress.start();
      }

      PipelineResult.State state = build(run).run().waitUntilFinish();
      if (state != PipelineResult.State.DONE) {
        throw new RunFailedException(
            "the runner ended the pipeline as "
                + state
                + (run.hasReport() ? "" : "; nothing was committed"));
      }
    } catch (RuntimeException e) {
      if (run.outcome() != null || !run.hasReport()) {
        throw e;
      }

      context.err().println("the last step failed, trying once more: " + Reasons.of(e));
    }

    return run.finish();
  }

  private Target target(LakeRun run) {
    Target target = Target.of(run.scope(), call.target().schemaChanges());
    return Runners.commitsInStep(call.run().runner())
        ? target.committing(call.target().lake())
        : target;
  }

  private Pipeline build(LakeRun run) {
    session.join(call.beam());
    Pipeline pipeline = Pipeline.create(call.beam());
    try {
      call.plan().build(pipeline, slice.source(), target(run));
      return pipeline;
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    }
  }
}
