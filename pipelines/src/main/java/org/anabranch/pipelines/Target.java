package org.anabranch.pipelines;

import java.io.Serializable;
import org.anabranch.lake.CommitRuns;
import org.anabranch.lake.LakeConfig;
import org.anabranch.model.Internal;
import org.anabranch.transforms.merge.MergeChanges;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.PerRun.OneRun;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.PerRun.Runs;
import org.anabranch.transforms.merge.RewriteRule;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.report.WriteReport;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where the runs of a pipeline end.
 *
 * @param runs finds the run of a window
 * @param rule when a stored bucket is rewritten rather than patched
 * @param schemaChanges what runs may do to the schemas of stored tables
 * @param lake whose tables the last step commits; null: it only leaves the report of the run
 */
@Internal
public record Target(
    Runs runs, RewriteRule rule, SchemaChanges schemaChanges, @Nullable LakeConfig lake) {

  /** Target of a bounded pipeline, which is one run and rewrites buckets by cost. */
  public static Target of(RunScope run, SchemaChanges schemaChanges) {
    return new Target(new OneRun(run), RewriteRule.BY_COST, schemaChanges, null);
  }

  /** The same target, whose last step commits. */
  public Target committing(LakeConfig config) {
    return new Target(runs, rule, schemaChanges, config);
  }

  <T extends Serializable> PerRun<T> perRun(SerializableFunction<RunScope, T> make) {
    return PerRun.of(runs, make);
  }

  /** Merges changes into the tables and ends the runs. */
  MergeChanges<?> merging(TablesConfig tables) {
    PerRun<String> directories = perRun(RunScope::directory);
    MergeChanges<?> merge =
        lake == null
            ? MergeChanges.of(runs, tables.declared(), WriteReport.to(directories))
            : MergeChanges.of(runs, tables.declared(), CommitRuns.in(lake, directories));
    return merge.withRule(rule);
  }
}
