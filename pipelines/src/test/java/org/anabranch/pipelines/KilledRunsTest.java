package org.anabranch.pipelines;

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
