package org.anabranch.runners;

import org.anabranch.pipelines.Customer360Conformance;
import org.apache.beam.sdk.options.PipelineOptions;

class SparkCustomer360Test extends Customer360Conformance {

  @Override
  protected PipelineOptions options() {
    return SparkRuns.options();
  }
}
