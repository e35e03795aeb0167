package org.anabranch.runners;

import java.util.List;
import java.util.Objects;
import org.anabranch.pipelines.ClusterConformance;
import org.anabranch.pipelines.ClusterProcesses;
import org.jspecify.annotations.Nullable;

class FlinkClusterTest extends ClusterConformance {

  private @Nullable FlinkCluster cluster;

  @Override
  protected String runner() {
    return "flink";
  }

  @Override
  protected List<String> start(ClusterProcesses processes) throws Exception {
    FlinkCluster started = FlinkCluster.start(processes, target());
    started.startWorker("taskmanager");
    cluster = started;
    return started.options();
  }

  @Override
  protected void awaitJob(ClusterProcesses processes) throws Exception {
    FlinkCluster started = Objects.requireNonNull(cluster);
    processes.await(started.rest() + "/jobs/overview", "\"state\":\"FINISHED\"");
    processes.await(started.counters(), "records_merged");
  }
}
