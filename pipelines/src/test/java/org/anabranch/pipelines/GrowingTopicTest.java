package org.anabranch.pipelines;

class GrowingTopicTest extends GrowingTopicConformance {

  @Override
  protected String runner() {
    return "direct";
  }
}
