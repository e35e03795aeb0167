package org.anabranch.runners;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.anabranch.pipelines.ClusterProcesses;
import org.anabranch.pipelines.KilledWorkersConformance;
import org.jspecify.annotations.Nullable;

/** Micro-batches on a standalone Spark whose executor, a process of its own, is killed. */
class SparkKilledExecutorsTest extends KilledWorkersConformance {

  private static final String EXECUTOR = "CoarseGrainedExecutorBackend";

  private @Nullable SparkCluster cluster;

  @Override
  protected String runner() {
    return "spark";
  }

  @Override
  protected String mode() {
    return "micro-batch";
  }

  @Override
  protected String javaOptions() {
    return SparkCluster.JAVA_OPTIONS;
  }

  @Override
  protected long calmNanos() {
    return 0;
  }

  @Override
  protected List<String> start(ClusterProcesses processes) throws Exception {
    SparkCluster started = SparkCluster.start(processes, Path.of("target").toAbsolutePath());
    cluster = started;
    return started.options();
  }

  @Override
  protected Process startWorker(ClusterProcesses processes) throws Exception {
    return Objects.requireNonNull(cluster).startWorker();
  }

  /** The worker starts another executor by itself. */
  @Override
  protected Process kill(ClusterProcesses processes, Process worker) throws Exception {
    for (int look = 0; look < 300; look++) {
      Optional<ProcessHandle> executor =
          worker
              .descendants()
              .filter(child -> child.info().commandLine().orElse("").contains(EXECUTOR))
              .findFirst();
      if (executor.isPresent()) {
        executor.get().destroyForcibly();
        executor.get().onExit().join();
        return worker;
      }

      TimeUnit.MILLISECONDS.sleep(100);
    }

    throw new AssertionError("the worker has started no executor");
  }
}
