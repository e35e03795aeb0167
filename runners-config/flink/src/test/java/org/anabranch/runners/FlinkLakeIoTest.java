package org.anabranch.runners;

import java.util.Optional;
import org.anabranch.pipelines.LakeIoConformance;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;

class FlinkLakeIoTest extends LakeIoConformance {

  @Override
  protected PipelineOptions options() {
    return FlinkRuns.options();
  }

  @Override
  protected Optional<PipelineOptions> streaming() {
    PipelineOptions options = options();
    options.as(FlinkPipelineOptions.class).setStreaming(true);
    return Optional.of(options);
  }
}
