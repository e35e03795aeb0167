package org.anabranch.runners;

import org.anabranch.pipelines.CapturedEventsConformance;
import org.apache.beam.sdk.options.PipelineOptions;

class SparkCapturedEventsTest extends CapturedEventsConformance {

  @Override
  protected PipelineOptions options() {
    return SparkRuns.options();
  }
}
