package org.anabranch.runners;

import java.util.Optional;
import org.anabranch.pipelines.TopicRunsConformance;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;

class FlinkTopicRunsTest extends TopicRunsConformance {

  @Override
  protected String runner() {
    return "flink";
  }

  @Override
  protected Optional<PipelineOptions> endless() {
    FlinkPipelineOptions options = FlinkRuns.options().as(FlinkPipelineOptions.class);
    options.setStreaming(true);
    options.setAttachedMode(false);
    return Optional.of(options);
  }
}
