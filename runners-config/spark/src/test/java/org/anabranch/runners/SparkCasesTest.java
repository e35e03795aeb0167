package org.anabranch.runners;

import org.anabranch.pipelines.CasesConformance;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;

@Tag("long")
class SparkCasesTest extends CasesConformance {

  @Override
  protected PipelineOptions options() {
    return SparkRuns.options();
  }
}
