package org.anabranch.runners;

import java.util.List;
import java.util.Objects;
import org.anabranch.pipelines.ClusterConformance;
import org.anabranch.pipelines.ClusterProcesses;
import org.jspecify.annotations.Nullable;

class SparkClusterTest extends ClusterConformance {

  private @Nullable SparkCluster cluster;

  @Override
  protected String runner() {
    return "spark";
  }

  @Override
  protected String javaOptions() {
    return SparkCluster.JAVA_OPTIONS;
  }

  @Override
  protected List<String> start(ClusterProcesses processes) throws Exception {
    SparkCluster started = SparkCluster.start(processes, target());
    cluster = started;
    var unused = started.startWorker();
    return started.options();
  }

  @Override
  protected void awaitJob(ClusterProcesses processes) throws Exception {
    Objects.requireNonNull(cluster).await("\"state\" : \"FINISHED\"");
  }
}
