package org.anabranch.pipelines;

import org.apache.beam.sdk.options.PipelineOptions;

/** On the Direct runner. */
class CasesTest extends CasesConformance {

  @Override
  protected PipelineOptions options() {
    return DirectRuns.options();
  }
}
