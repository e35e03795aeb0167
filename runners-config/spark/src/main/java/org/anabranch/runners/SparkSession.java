package org.anabranch.runners;

import org.anabranch.launcher.RunnerSession;
import org.apache.beam.runners.spark.SparkContextOptions;
import org.apache.beam.runners.spark.translation.SparkContextFactory;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.spark.api.java.JavaSparkContext;

/** One Spark context for all pipelines of a process. */
public final class SparkSession implements RunnerSession {

  private final JavaSparkContext context;

  private SparkSession(JavaSparkContext context) {
    this.context = context;
  }

  /** Makes Spark sessions. */
  public static final class Provider implements RunnerSession.Provider {

    @Override
    public String runner() {
      return "spark";
    }

    @Override
    public RunnerSession open(PipelineOptions options) {
      return new SparkSession(
          SparkContextFactory.getSparkContext(options.as(SparkContextOptions.class)));
    }
  }

  @Override
  public void join(PipelineOptions options) {
    SparkContextOptions spark = options.as(SparkContextOptions.class);
    spark.setUsesProvidedSparkContext(true);
    spark.setProvidedSparkContext(context);
  }

  @Override
  public void close() {
    context.stop();
  }
}
