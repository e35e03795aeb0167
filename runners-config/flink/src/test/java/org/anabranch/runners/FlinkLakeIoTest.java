package org.anabranch.runners;

import org.anabranch.pipelines.LakeIoConformance;
import org.apache.beam.sdk.options.PipelineOptions;

class FlinkLakeIoTest extends LakeIoConformance {

  @Override
  protected PipelineOptions options() {
    return FlinkRuns.options();
  }
}
