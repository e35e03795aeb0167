package org.anabranch.runners;

import org.anabranch.pipelines.TopicRunsConformance;

class SparkTopicRunsTest extends TopicRunsConformance {

  @Override
  protected String runner() {
    return "spark";
  }
}
