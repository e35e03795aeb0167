package org.anabranch.runners;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.anabranch.pipelines.ClusterProcesses;
import org.anabranch.pipelines.KilledProgramConformance;
import org.jspecify.annotations.Nullable;

class FlinkKilledProgramTest extends KilledProgramConformance {

  private @Nullable FlinkCluster cluster;
  private int workers;

  @Override
  protected void start(ClusterProcesses processes) throws Exception {
    cluster = FlinkCluster.start(processes, target());
  }

  private static Path target() {
    return Path.of("target").toAbsolutePath();
  }

  private FlinkCluster cluster() {
    return Objects.requireNonNull(cluster);
  }

  @Override
  protected Process startWorker(ClusterProcesses processes) throws Exception {
    return cluster().startWorker("taskmanager-" + ++workers);
  }

  @Override
  protected String classPath() throws Exception {
    return Files.readString(target().resolve("cluster-classpath.txt")).strip();
  }

  @Override
  protected List<String> options() throws Exception {
    String jar = classPath().substring(0, classPath().indexOf(File.pathSeparatorChar));
    return List.of(
        "--runner=FlinkRunner",
        "--flinkMaster=" + cluster().rest().substring("http://".length()),
        "--filesToStage=" + jar,
        "--streaming",
        "--parallelism=2",
        "--checkpointingInterval=2000");
  }

  @Override
  protected String savepoint(ClusterProcesses processes) throws Exception {
    return "--savepointPath="
        + cluster().savepoint("savepoints", "{\"target-directory\":\"%s\",\"cancel-job\":false}");
  }

  @Override
  protected void cancel(ClusterProcesses processes) throws Exception {
    cluster().cancel();
  }
}
