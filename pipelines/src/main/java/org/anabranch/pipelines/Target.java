package org.anabranch.pipelines;

import org.anabranch.transforms.merge.RewriteRule;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.TableStore;

/**
 * Where a run of a pipeline ends.
 *
 * @param store of the tables
 * @param newBuckets number of buckets of tables that are not stored yet
 * @param directory where the report of the run is left
 * @param rule when a stored bucket is rewritten rather than patched
 * @param schemaChanges what the run may do to the schemas of stored tables
 */
public record Target(
    TableStore store,
    int newBuckets,
    String directory,
    RewriteRule rule,
    SchemaChanges schemaChanges) {

  /** Target in which schemas follow the rows. */
  public Target(TableStore store, int newBuckets, String directory, RewriteRule rule) {
    this(store, newBuckets, directory, rule, SchemaChanges.EVOLVE);
  }

  /** Target that rewrites buckets by cost. */
  public Target(TableStore store, int newBuckets, String directory, SchemaChanges schemaChanges) {
    this(store, newBuckets, directory, RewriteRule.BY_COST, schemaChanges);
  }
}
