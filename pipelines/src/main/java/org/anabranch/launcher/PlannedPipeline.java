package org.anabranch.launcher;

import java.util.Map;
import org.anabranch.model.Stable;
import org.anabranch.pipelines.ChangeSource;
import org.anabranch.pipelines.ComputeTables;
import org.anabranch.pipelines.TablesConfig;
import org.anabranch.pipelines.Target;
import org.apache.beam.sdk.Pipeline;

/**
 * A pipeline with its configuration, ready to be built.
 *
 * @param tables which tables it knows
 * @param computed tables that it computes anew from all rows of the others, each with the version
 *     of its computation
 * @param steps adds its steps
 */
@Stable
public record PlannedPipeline(TablesConfig tables, Map<String, Integer> computed, Steps steps) {

  public PlannedPipeline {
    computed = Map.copyOf(computed);
  }

  /** A pipeline that merges tables and computes others from them. */
  public static PlannedPipeline of(ComputeTables pipeline) {
    return new PlannedPipeline(pipeline.tables(), pipeline.versions(), pipeline::expand);
  }

  /** Adds the steps of a pipeline that reads some source. */
  @FunctionalInterface
  public interface Steps {
    void add(Pipeline pipeline, ChangeSource source, Target target);
  }

  /**
   * Adds the steps.
   *
   * @throws IllegalArgumentException where the configuration does not fit the input
   */
  void build(Pipeline pipeline, ChangeSource source, Target target) {
    steps.add(pipeline, source, target);
  }
}
