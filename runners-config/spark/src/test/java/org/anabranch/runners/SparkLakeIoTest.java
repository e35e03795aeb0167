package org.anabranch.runners;

import java.util.Optional;
import org.anabranch.pipelines.LakeIoConformance;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.sdk.options.PipelineOptions;

class SparkLakeIoTest extends LakeIoConformance {

  @Override
  protected PipelineOptions options() {
    PipelineOptions options = SparkRuns.options();
    options.as(SparkPipelineOptions.class).setCacheDisabled(true);
    return options;
  }

  @Override
  protected Optional<PipelineOptions> streaming() {
    return Optional.empty();
  }
}
