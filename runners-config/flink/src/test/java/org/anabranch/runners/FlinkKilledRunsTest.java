package org.anabranch.runners;

import org.anabranch.pipelines.KilledRunsConformance;

class FlinkKilledRunsTest extends KilledRunsConformance {

  @Override
  protected String runner() {
    return "flink";
  }
}
