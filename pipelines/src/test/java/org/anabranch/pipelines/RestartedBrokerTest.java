package org.anabranch.pipelines;

class RestartedBrokerTest extends RestartedBrokerConformance {

  @Override
  protected String runner() {
    return "direct";
  }

  @Override
  protected String mode() {
    return "micro-batch";
  }
}
