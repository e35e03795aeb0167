package org.anabranch.runners;

import org.anabranch.pipelines.CasesConformance;
import org.apache.beam.sdk.options.PipelineOptions;

class FlinkCasesTest extends CasesConformance {

  @Override
  protected PipelineOptions options() {
    return FlinkRuns.options();
  }
}
