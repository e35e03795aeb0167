package org.anabranch.runners;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.anabranch.pipelines.ClusterProcesses;
import org.anabranch.pipelines.KilledLauncherConformance;
import org.jspecify.annotations.Nullable;

class FlinkKilledLauncherTest extends KilledLauncherConformance {

  /** Longer than others take to run and to clean up while a worker stands still. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private @Nullable FlinkCluster cluster;

  @Override
  protected String runner() {
    return "flink";
  }

  @Override
  protected List<String> start(ClusterProcesses processes) throws Exception {
    cluster = FlinkCluster.start(processes, Path.of("target").toAbsolutePath(), PATIENCE);
    return cluster().options();
  }

  private FlinkCluster cluster() {
    return Objects.requireNonNull(cluster);
  }

  @Override
  protected Process startWorker(ClusterProcesses processes) throws Exception {
    return cluster().startWorker("taskmanager");
  }

  @Override
  protected String job() throws Exception {
    return cluster().job();
  }

  @Override
  protected void awaitRunning(ClusterProcesses processes, String job) throws Exception {
    processes.await(job, "\"state\":\"RUNNING\"");
  }

  @Override
  protected void awaitEnd(ClusterProcesses processes, String job) throws Exception {
    processes.await(job, "\"state\":\"FINISHED\"");
  }

  @Override
  protected void awaitFailure(ClusterProcesses processes, String job, String reason)
      throws Exception {
    processes.await(job + "/exceptions", reason);
  }

  @Override
  protected void cancel() throws Exception {
    cluster().cancel();
  }
}
