package org.anabranch.runners;

import org.anabranch.pipelines.KilledRunsConformance;

class SparkKilledRunsTest extends KilledRunsConformance {

  @Override
  protected String runner() {
    return "spark";
  }
}
