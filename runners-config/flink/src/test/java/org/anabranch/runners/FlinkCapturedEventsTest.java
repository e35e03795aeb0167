package org.anabranch.runners;

import org.anabranch.pipelines.CapturedEventsConformance;
import org.apache.beam.sdk.options.PipelineOptions;

class FlinkCapturedEventsTest extends CapturedEventsConformance {

  @Override
  protected PipelineOptions options() {
    return FlinkRuns.options();
  }
}
