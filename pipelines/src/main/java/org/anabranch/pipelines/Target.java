package org.anabranch.pipelines;

import org.anabranch.transforms.merge.TableStore;

/**
 * Where a run of a pipeline ends.
 *
 * @param store of the tables
 * @param newBuckets number of buckets of tables that are not stored yet
 * @param directory where the report of the run is left
 */
public record Target(TableStore store, int newBuckets, String directory) {}
