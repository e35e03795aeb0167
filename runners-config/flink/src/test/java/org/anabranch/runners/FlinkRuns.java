package org.anabranch.runners;

import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.runners.flink.FlinkRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** How tests run on Flink: a mini cluster of its own for each pipeline, in this process. */
final class FlinkRuns {

  private FlinkRuns() {}

  static PipelineOptions options() {
    FlinkPipelineOptions options = PipelineOptionsFactory.as(FlinkPipelineOptions.class);
    options.setRunner(FlinkRunner.class);
    options.setFlinkMaster("[local]");
    options.setParallelism(2);
    options.setFasterCopy(true);
    options.setObjectReuse(true);
    return options;
  }
}
