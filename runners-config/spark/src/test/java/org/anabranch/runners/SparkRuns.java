package org.anabranch.runners;

import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.runners.spark.SparkRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** How tests run on Spark: two worker threads in this process. */
final class SparkRuns {

  private SparkRuns() {}

  static PipelineOptions options() {
    SparkPipelineOptions options = PipelineOptionsFactory.as(SparkPipelineOptions.class);
    options.setRunner(SparkRunner.class);
    options.setSparkMaster("local[2]");
    options.setStorageLevel("MEMORY_AND_DISK");
    return options;
  }
}
