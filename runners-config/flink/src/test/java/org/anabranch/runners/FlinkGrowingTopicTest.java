package org.anabranch.runners;

import org.anabranch.pipelines.GrowingTopicConformance;

class FlinkGrowingTopicTest extends GrowingTopicConformance {

  @Override
  protected String runner() {
    return "flink";
  }
}
