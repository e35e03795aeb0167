package org.anabranch.runners;

import org.anabranch.pipelines.CapturedEventsConformance;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;

@Tag("long")
class SparkCapturedEventsTest extends CapturedEventsConformance {

  @Override
  protected PipelineOptions options() {
    return SparkRuns.options();
  }
}
