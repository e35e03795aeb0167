package org.anabranch.runners;

import org.anabranch.pipelines.CaseFilesConformance;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;

@Tag("long")
class SparkCaseFilesTest extends CaseFilesConformance {

  @Override
  protected PipelineOptions options() {
    return SparkRuns.options();
  }
}
