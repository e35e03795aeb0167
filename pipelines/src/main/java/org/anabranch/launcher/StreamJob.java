package org.anabranch.launcher;

import java.io.Serializable;
import java.util.UUID;
import org.anabranch.lake.RunPipeline;
import org.anabranch.pipelines.TablesConfig;

/**
 * A job without end, as its source on a worker needs to know it.
 *
 * @param id of this launch of the job
 * @param target where tables end
 * @param pipeline whose runs they are
 * @param tables number of buckets of new ones
 * @param topics what is read
 * @param batches how it is cut
 */
record StreamJob(
    String id,
    TargetOptions target,
    RunPipeline pipeline,
    TablesConfig tables,
    TopicOptions topics,
    MicroBatchOptions batches)
    implements Serializable {

  static StreamJob of(RunCall call, TopicOptions topics) {
    return new StreamJob(
        UUID.randomUUID().toString(),
        call.target(),
        call.runPipeline(),
        call.plan().tables(),
        topics,
        call.microBatches());
  }
}
