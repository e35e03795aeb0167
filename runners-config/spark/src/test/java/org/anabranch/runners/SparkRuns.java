package org.anabranch.runners;

import org.anabranch.launcher.RunnerSession;
import org.apache.beam.runners.spark.SparkContextOptions;
import org.apache.beam.runners.spark.SparkRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * How tests run on Spark: pipelines share a context with two worker threads in this process, until
 * it is stopped. Spark has one context in a process.
 */
final class SparkRuns {

  private static @Nullable RunnerSession session;

  private SparkRuns() {}

  static synchronized PipelineOptions options() {
    if (session == null) {
      session = new SparkSession.Provider().open(local());
    }

    PipelineOptions options = local();
    session.join(options);
    return options;
  }

  /** Makes room for a context that others start. */
  static synchronized void stop() {
    if (session != null) {
      session.close();
      session = null;
    }
  }

  /** With a context of the pipeline's own, which ends with it. */
  static PipelineOptions alone() {
    return local();
  }

  private static PipelineOptions local() {
    SparkContextOptions options = PipelineOptionsFactory.as(SparkContextOptions.class);
    options.setRunner(SparkRunner.class);
    options.setSparkMaster("local[2]");
    options.setStorageLevel("MEMORY_AND_DISK");
    return options;
  }
}
