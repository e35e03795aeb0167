package org.anabranch.pipelines;

import java.io.Serializable;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.PerRun.OneRun;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.PerRun.Runs;
import org.anabranch.transforms.merge.RewriteRule;
import org.anabranch.transforms.merge.SchemaChanges;
import org.apache.beam.sdk.transforms.SerializableFunction;

/**
 * Where the runs of a pipeline end.
 *
 * @param runs finds the run of a window
 * @param rule when a stored bucket is rewritten rather than patched
 * @param schemaChanges what runs may do to the schemas of stored tables
 */
public record Target(Runs runs, RewriteRule rule, SchemaChanges schemaChanges) {

  /** Target of a bounded pipeline, which is one run and rewrites buckets by cost. */
  public static Target of(RunScope run, SchemaChanges schemaChanges) {
    return new Target(new OneRun(run), RewriteRule.BY_COST, schemaChanges);
  }

  <T extends Serializable> PerRun<T> perRun(SerializableFunction<RunScope, T> make) {
    return PerRun.of(runs, make);
  }
}
