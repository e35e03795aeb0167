package org.anabranch.pipelines;

import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;

class Customer360Test extends Customer360Conformance {

  @Override
  protected PipelineOptions options() {
    return DirectRuns.options();
  }

  @Override
  protected List<Long> seeds() {
    return List.of(1L, 2L, 3L, 4L, 5L);
  }
}
