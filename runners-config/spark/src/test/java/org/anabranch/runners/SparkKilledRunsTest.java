package org.anabranch.runners;

import org.anabranch.pipelines.KilledRunsConformance;
import org.junit.jupiter.api.BeforeAll;

class SparkKilledRunsTest extends KilledRunsConformance {

  /** The launcher starts its own. */
  @BeforeAll
  static void stopTheSharedContext() {
    SparkRuns.stop();
  }

  @Override
  protected String runner() {
    return "spark";
  }
}
