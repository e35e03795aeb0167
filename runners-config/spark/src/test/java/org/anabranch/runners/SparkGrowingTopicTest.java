package org.anabranch.runners;

import org.anabranch.pipelines.GrowingTopicConformance;

class SparkGrowingTopicTest extends GrowingTopicConformance {

  @Override
  protected String runner() {
    return "spark";
  }
}
