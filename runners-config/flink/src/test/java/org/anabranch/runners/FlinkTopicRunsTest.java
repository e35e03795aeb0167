package org.anabranch.runners;

import org.anabranch.pipelines.TopicRunsConformance;

class FlinkTopicRunsTest extends TopicRunsConformance {

  @Override
  protected String runner() {
    return "flink";
  }
}
