package org.anabranch.launcher;

import java.io.Serializable;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.anabranch.pipelines.TablesConfig;

/**
 * A job without end, as its source on a worker needs to know it.
 *
 * @param id of this launch of the job
 * @param target where tables end
 * @param computed tables that are computed anew from all rows of the others
 * @param tables number of buckets of new ones
 * @param topics what is read
 * @param batches how it is cut
 */
record StreamJob(
    String id,
    TargetOptions target,
    Set<String> computed,
    TablesConfig tables,
    TopicOptions topics,
    MicroBatchOptions batches)
    implements Serializable {

  StreamJob {
    computed = new TreeSet<>(computed);
  }

  static StreamJob of(RunCall call, TopicOptions topics) {
    return new StreamJob(
        UUID.randomUUID().toString(),
        call.target(),
        call.plan().computed(),
        call.plan().tables(),
        topics,
        call.microBatches());
  }
}
