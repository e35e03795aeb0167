package org.anabranch.pipelines;

import org.anabranch.transforms.merge.RewriteRule;
import org.anabranch.transforms.merge.TableStore;

/**
 * Where a run of a pipeline ends.
 *
 * @param store of the tables
 * @param newBuckets number of buckets of tables that are not stored yet
 * @param directory where the report of the run is left
 * @param rule when a stored bucket is rewritten rather than patched
 */
public record Target(TableStore store, int newBuckets, String directory, RewriteRule rule) {

  /** Target that rewrites buckets by cost. */
  public Target(TableStore store, int newBuckets, String directory) {
    this(store, newBuckets, directory, RewriteRule.BY_COST);
  }
}
