package org.anabranch.pipelines;

import org.apache.beam.sdk.options.PipelineOptions;

/** On the Direct runner. */
class CapturedEventsTest extends CapturedEventsConformance {

  @Override
  protected PipelineOptions options() {
    return DirectRuns.options();
  }
}
