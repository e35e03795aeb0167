package org.anabranch.pipelines;

import org.apache.beam.sdk.options.PipelineOptions;

class LakeIoTest extends LakeIoConformance {

  @Override
  protected PipelineOptions options() {
    return DirectRuns.options();
  }
}
