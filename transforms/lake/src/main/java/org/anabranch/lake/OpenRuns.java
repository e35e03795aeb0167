package org.anabranch.lake;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs of pipelines that this process has built. Each is alive as long as the process, for
 * nobody tells it when a pipeline has ended; one that has committed ends an hour later, when the
 * next one starts, or with the process. What is left behind by a process that dies, upkeep removes.
 */
final class OpenRuns {

  private static final Logger LOG = LoggerFactory.getLogger(OpenRuns.class);

  /** An engine that evaluates a pipeline again does so by then. */
  private static final Duration GRACE = Duration.ofHours(1);

  private static final List<Open> OPEN = new ArrayList<>();
  private static boolean isHooked;

  private record Open(Lake lake, LakeRun run) {}

  private OpenRuns() {}

  /** Starts a run. */
  static synchronized LakeRun start(
      LakeConfig config, int buckets, RunRules rules, RunPipeline pipeline) throws IOException {
    if (!isHooked) {
      Runtime.getRuntime().addShutdownHook(new Thread(OpenRuns::endAll, "end-of-runs"));
      isHooked = true;
    }

    endCommitted(GRACE);
    Lake lake = Lake.at(config);
    try {
      LakeRun run = lake.startRun(buckets, rules, pipeline);
      OPEN.add(new Open(lake, run));
      LOG.info("run {} into {} has started", run.id(), config.warehouse());
      return run;
    } catch (IOException | RuntimeException e) {
      lake.close();
      throw e;
    }
  }

  private static synchronized void endAll() {
    endCommitted(Duration.ZERO);
  }

  /** Ends the runs that have committed so long ago. */
  private static void endCommitted(Duration age) {
    Instant limit = Instant.now().minus(age);
    OPEN.removeIf(open -> isEnded(open, limit));
  }

  private static boolean isEnded(Open open, Instant limit) {
    try {
      Instant committed = CommitMark.time(open.run().files());
      if (committed == null || committed.isAfter(limit)) {
        return false;
      }

      try (Lake lake = open.lake();
          LakeRun run = open.run()) {
        LOG.debug("run {} into {} ends", run.id(), lake.config().warehouse());
      }
    } catch (IOException | RuntimeException e) {
      // It is dead from now on, as if the process had died.
      LOG.warn("run {} could not be ended; upkeep will remove it", open.run().id(), e);
    }

    return true;
  }
}
