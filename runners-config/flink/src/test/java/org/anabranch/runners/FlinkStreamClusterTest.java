package org.anabranch.runners;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.anabranch.pipelines.ClusterProcesses;
import org.anabranch.pipelines.StreamClusterConformance;
import org.jspecify.annotations.Nullable;

class FlinkStreamClusterTest extends StreamClusterConformance {

  private @Nullable FlinkCluster cluster;
  private int workers;

  @Override
  protected String runner() {
    return "flink";
  }

  @Override
  protected List<String> start(ClusterProcesses processes) throws Exception {
    cluster = FlinkCluster.start(processes, Path.of("target").toAbsolutePath());
    List<String> options = new ArrayList<>(cluster().options());
    options.add("--checkpointing-interval=2000");
    return options;
  }

  private FlinkCluster cluster() {
    return Objects.requireNonNull(cluster);
  }

  @Override
  protected Process startWorker(ClusterProcesses processes) throws Exception {
    return cluster().startWorker("taskmanager-" + ++workers);
  }

  @Override
  protected List<String> stopWithSavepoint(ClusterProcesses processes) throws Exception {
    String savepoint = cluster().savepoint("stop", "{\"targetDirectory\":\"%s\",\"drain\":false}");
    return List.of("--savepoint-path=" + savepoint);
  }
}
