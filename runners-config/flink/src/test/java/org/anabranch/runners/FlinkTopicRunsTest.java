package org.anabranch.runners;

import java.util.Optional;
import org.anabranch.pipelines.TopicRunsConformance;
import org.apache.beam.runners.flink.FlinkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FlinkTopicRunsTest extends TopicRunsConformance {

  @Override
  protected String runner() {
    return "flink";
  }

  @Override
  protected PipelineOptions options() {
    return FlinkRuns.options();
  }

  @Override
  protected Optional<PipelineOptions> endless() {
    FlinkPipelineOptions options = FlinkRuns.options().as(FlinkPipelineOptions.class);
    options.setStreaming(true);
    options.setAttachedMode(false);
    return Optional.of(options);
  }

  /** In the gate Flink streams. */
  @Test
  @Tag("long")
  void microBatchesGiveTheTablesOfTheOracle() throws Exception {
    givesTheTablesOfTheOracle("--mode=micro-batch", "--until-caught-up", maxRows(3));
  }
}
