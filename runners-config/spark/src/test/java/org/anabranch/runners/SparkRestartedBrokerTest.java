package org.anabranch.runners;

import org.anabranch.pipelines.RestartedBrokerConformance;

class SparkRestartedBrokerTest extends RestartedBrokerConformance {

  @Override
  protected String runner() {
    return "spark";
  }

  @Override
  protected String mode() {
    return "micro-batch";
  }
}
