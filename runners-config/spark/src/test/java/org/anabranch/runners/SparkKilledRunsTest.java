package org.anabranch.runners;

import org.anabranch.pipelines.KilledRunsConformance;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

@Tag("long")
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
