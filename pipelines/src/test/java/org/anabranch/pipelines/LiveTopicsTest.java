package org.anabranch.pipelines;

import java.util.List;

class LiveTopicsTest extends LiveTopicsConformance {

  @Override
  protected String runner() {
    return "direct";
  }

  @Override
  protected List<String> modes() {
    return List.of("micro-batch", "stream");
  }
}
