package org.anabranch.pipelines;

class TopicRunsTest extends TopicRunsConformance {

  @Override
  protected String runner() {
    return "direct";
  }
}
