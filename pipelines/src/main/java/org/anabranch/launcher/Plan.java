package org.anabranch.launcher;

import java.util.Set;
import org.anabranch.pipelines.ChangeSource;
import org.anabranch.pipelines.TablesConfig;
import org.anabranch.pipelines.Target;
import org.apache.beam.sdk.Pipeline;

/**
 * A pipeline with its configuration, ready to be built.
 *
 * @param tables which tables it knows
 * @param computed tables that it computes anew from all rows of the others
 * @param steps adds its steps
 */
record Plan(TablesConfig tables, Set<String> computed, Steps steps) {

  /** Adds the steps of a pipeline that reads some source. */
  @FunctionalInterface
  interface Steps {
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
