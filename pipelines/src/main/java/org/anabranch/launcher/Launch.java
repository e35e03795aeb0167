package org.anabranch.launcher;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.anabranch.lake.BrokenTableException;
import org.anabranch.lake.Lake;
import org.anabranch.launcher.Runners.Capability;
import org.anabranch.launcher.Runners.Support;
import org.jspecify.annotations.Nullable;

/** A call of {@code run}: runs once, or again and again, as its mode says. */
final class Launch {

  private final RunCall call;
  private final CallContext context;

  Launch(RunCall call, CallContext context) {
    this.call = call;
    this.context = context;
  }

  /**
   * Runs to the end.
   *
   * @throws RunFailedException where the warehouse cannot be written, or the run ended otherwise
   *     than well
   */
  void run() {
    run(null);
  }

  /** Reads this in place of what the call says; null: as the call says. */
  void run(@Nullable Feed other) {
    Path warehouse = call.target().warehouse();
    try (Lake lake = Lake.at(call.target().lake());
        Closeable right = call.ifRunning().enter(lake, call.job(), context.err())) {
      if (right != null) {
        run(lake, other);
      }
    } catch (BrokenTableException e) {
      throw new RunFailedException(Reasons.of(e), e);
    } catch (IOException e) {
      throw new RunFailedException(
          "cannot write the warehouse " + warehouse + ": " + Reasons.of(e), e);
    }
  }

  private void run(Lake lake, @Nullable Feed other) throws IOException {
    if (other != null) {
      runOnce(lake, other);
      return;
    }

    switch (call.run().mode()) {
      case BATCH -> {
        try (Feed feed = call.openFeed()) {
          runOnce(lake, feed);
        }
      }
      case MICRO_BATCH -> runAgainAndAgain(lake);
      case STREAM -> {
        Capability capability = Runners.of(call.run());
        if (capability.support() == Support.AS_MICRO_BATCHES) {
          context
              .err()
              .println(
                  "stream on %s runs as micro-batches: %s"
                      .formatted(capability.runner(), capability.why()));
          runAgainAndAgain(lake);
        } else {
          new StreamRun(call, context).run(lake);
        }
      }
    }
  }

  private void runOnce(Lake lake, Feed feed) throws IOException {
    UnfinishedRuns.finish(lake, call.runPipeline(), context.err());
    if (feed instanceof TopicFeed topics && call.target().archives()) {
      topics.requireArchivedIn(lake);
    }

    Slice slice = feed.everything(lake);
    SliceRun run = new SliceRun(call, context, lake, RunnerSession.NONE, feed, slice);
    Summary summary = run.run();
    summary.print(context.out(), run.seconds());
    context.out().println("tables are in " + call.target().warehouse());
    summary.requireNoRefusal();
    summary.requireMerged();
  }

  private void runAgainAndAgain(Lake lake) throws IOException {
    try (TopicFeed feed = TopicFeed.open(Objects.requireNonNull(call.topics()));
        RunnerSession session = RunnerSession.open(call.run().runner(), call.beam())) {
      if (call.target().archives()) {
        feed.requireArchivedIn(lake);
      }

      new MicroBatches(call, context, lake, session, feed, Stop.onSignals()).run();
    }
  }
}
