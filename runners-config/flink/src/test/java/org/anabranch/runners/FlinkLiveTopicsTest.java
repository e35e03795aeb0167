package org.anabranch.runners;

import java.util.List;
import org.anabranch.pipelines.LiveTopicsConformance;

class FlinkLiveTopicsTest extends LiveTopicsConformance {

  @Override
  protected String runner() {
    return "flink";
  }

  @Override
  protected List<String> modes() {
    return List.of("stream", "micro-batch");
  }
}
