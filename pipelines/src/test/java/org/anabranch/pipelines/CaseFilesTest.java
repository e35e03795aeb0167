package org.anabranch.pipelines;

import org.apache.beam.sdk.options.PipelineOptions;

/** On the Direct runner. */
class CaseFilesTest extends CaseFilesConformance {

  @Override
  protected PipelineOptions options() {
    return DirectRuns.options();
  }
}
