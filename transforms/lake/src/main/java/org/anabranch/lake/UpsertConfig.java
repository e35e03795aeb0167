package org.anabranch.lake;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.RewriteRule;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.DeclaredTables;
import org.anabranch.transforms.report.RunReport;

/**
 * What the steps of {@link LakeIO#upsert} need to know.
 *
 * @param lake where the tables are
 * @param schemas what may become of stored schemas
 * @param buckets of new tables
 * @param keepVersions newest versions of each table that stay
 * @param tombstoneRetention how long deletes are kept beside the rows
 * @param declared tables as they were declared
 * @param job name of the job; empty: it has none
 * @param redelivers whether commits come out until they are acknowledged
 */
record UpsertConfig(
    LakeConfig lake,
    Policy schemas,
    int buckets,
    int keepVersions,
    Duration tombstoneRetention,
    DeclaredTables declared,
    String job,
    boolean redelivers)
    implements Serializable {

  /** What the runs may do. The table of dead letters, which is ours, follows the program. */
  RunRules rules() {
    SchemaChanges changes = new SchemaChanges(schemas, Map.of());
    return new RunRules(
        changes.sparing(List.of(DeadLetters.TABLE)),
        DeadLetterLimit.NONE,
        false,
        declared.sources());
  }

  /** The pipeline as the runs tell it. */
  RunPipeline pipeline() {
    RunPipeline pipeline = new RunPipeline(job, Map.of());
    return redelivers ? pipeline.redelivering() : pipeline;
  }

  /**
   * How changes are merged into stored tables.
   *
   * @throws IllegalArgumentException where a history is asked for that cannot be kept
   */
  MergeConfig merging(TableStore store) {
    return declared.merging(store, RewriteRule.BY_COST, List.of());
  }

  /** What is known of the tables before any change is seen. */
  RunReport declaredReport(TableStore store) {
    return declared.report(declared.histories(store), false);
  }
}
