package org.anabranch.runners;

import org.anabranch.pipelines.TopicRunsConformance;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.BeforeAll;

class SparkTopicRunsTest extends TopicRunsConformance {

  /** The launcher starts its own. */
  @BeforeAll
  static void stopTheSharedContext() {
    SparkRuns.stop();
  }

  @Override
  protected String runner() {
    return "spark";
  }

  @Override
  protected PipelineOptions options() {
    return SparkRuns.alone();
  }
}
