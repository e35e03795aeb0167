package org.anabranch.runners;

import org.anabranch.pipelines.CasesConformance;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;

@Tag("long")
class FlinkCasesTest extends CasesConformance {

  @Override
  protected PipelineOptions options() {
    return FlinkRuns.options();
  }
}
