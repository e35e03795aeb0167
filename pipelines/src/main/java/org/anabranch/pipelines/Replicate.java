package org.anabranch.pipelines;

import org.anabranch.model.Internal;
import org.apache.beam.sdk.Pipeline;

/**
 * Any number of tables from their change events.
 *
 * <pre>
 * change files ── parse ──┐                                  stored bucket
 *                         ├── group by (table, bucket) ────── merge ── tables, histories,
 * base tables ────────────┘                                            dead letters
 * </pre>
 */
@Internal
public final class Replicate {

  private Replicate() {}

  /**
   * Adds the pipeline's steps. Running them writes files beside the tables and ends as the target
   * says.
   *
   * @throws IllegalArgumentException where the configuration does not fit the input
   */
  public static void expand(Pipeline pipeline, TablesConfig config, Target target) {
    pipeline.apply("Changes", ReadInput.of(config, target)).apply("Tables", target.merging(config));
  }
}
