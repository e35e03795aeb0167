package org.anabranch.runners;

import org.anabranch.launcher.RunnerSession;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** How tests run on Flink: all pipelines on one mini cluster in this process. */
final class FlinkRuns {

  private static final RunnerSession SESSION = start();

  private FlinkRuns() {}

  private static RunnerSession start() {
    RunnerSession session = new FlinkSession.Provider().open(local());
    Runtime.getRuntime().addShutdownHook(new Thread(session::close));
    return session;
  }

  static PipelineOptions options() {
    PipelineOptions options = local();
    SESSION.join(options);
    return options;
  }

  private static PipelineOptions local() {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setFlinkMaster("[local]");
    options.setParallelism(2);
    options.setFasterCopy(true);
    options.setObjectReuse(true);
    return options;
  }
}
