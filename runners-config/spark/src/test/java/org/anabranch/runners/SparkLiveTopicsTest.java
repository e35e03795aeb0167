package org.anabranch.runners;

import java.util.List;
import org.anabranch.pipelines.LiveTopicsConformance;

class SparkLiveTopicsTest extends LiveTopicsConformance {

  @Override
  protected String runner() {
    return "spark";
  }

  @Override
  protected List<String> modes() {
    return List.of("micro-batch");
  }
}
