package org.anabranch.pipelines;

import java.util.List;

class KilledRunsTest extends KilledRunsConformance {

  @Override
  protected String runner() {
    return "direct";
  }

  @Override
  protected List<String> jvmFlags() {
    return List.of();
  }
}
