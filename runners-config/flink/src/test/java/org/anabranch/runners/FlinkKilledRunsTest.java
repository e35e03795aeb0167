package org.anabranch.runners;

import org.anabranch.pipelines.KilledRunsConformance;
import org.junit.jupiter.api.Tag;

@Tag("long")
class FlinkKilledRunsTest extends KilledRunsConformance {

  @Override
  protected String runner() {
    return "flink";
  }
}
