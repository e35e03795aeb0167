package org.anabranch.pipelines;

import org.junit.jupiter.api.Tag;

@Tag("long")
class KilledRunsTest extends KilledRunsConformance {

  @Override
  protected String runner() {
    return "direct";
  }

  @Override
  protected int kills() {
    return 2;
  }
}
