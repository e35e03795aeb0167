package org.anabranch.runners;

import org.anabranch.pipelines.RestartedBrokerConformance;

class FlinkRestartedBrokerTest extends RestartedBrokerConformance {

  @Override
  protected String runner() {
    return "flink";
  }

  @Override
  protected String mode() {
    return "stream";
  }
}
