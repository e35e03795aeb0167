package org.anabranch.runners;

import org.anabranch.pipelines.Customer360Conformance;
import org.apache.beam.sdk.options.PipelineOptions;

class FlinkCustomer360Test extends Customer360Conformance {

  @Override
  protected PipelineOptions options() {
    return FlinkRuns.options();
  }
}
