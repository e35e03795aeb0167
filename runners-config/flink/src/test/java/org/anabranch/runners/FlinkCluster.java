package org.anabranch.runners;

import static org.anabranch.pipelines.ClusterProcesses.HOST;
import static org.anabranch.pipelines.ClusterProcesses.freePort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.anabranch.pipelines.ClusterProcesses;

/** A standalone job manager and task managers with two slots each. */
final class FlinkCluster {

  private static final List<String> SHARED = List.of("commons-", "jsr305", "snappy");

  private final ClusterProcesses processes;
  private final Path configuration;
  private final String jars;
  private final int port;

  private FlinkCluster(ClusterProcesses processes, Path configuration, String jars, int port) {
    this.processes = processes;
    this.configuration = configuration;
    this.jars = jars;
    this.port = port;
  }

  /**
   * Starts a job manager.
   *
   * @param target build directory of the runner's module
   */
  static FlinkCluster start(ClusterProcesses processes, Path target) throws IOException {
    int port = freePort();
    Path configuration = Files.createDirectory(processes.directory().resolve("conf"));
    Files.writeString(configuration.resolve("flink-conf.yaml"), settings(processes, port));
    String jars =
        ClusterProcesses.engineJars(target, SHARED).stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    FlinkCluster cluster = new FlinkCluster(processes, configuration, jars, port);
    cluster.java("jobmanager", "-Xmx512m", "entrypoint.StandaloneSessionClusterEntrypoint");
    return cluster;
  }

  private Process java(String name, String memory, String main) throws IOException {
    return processes.java(
        name,
        Map.of(),
        List.of(
            memory,
            "-cp",
            jars,
            "org.apache.flink.runtime." + main,
            "--configDir",
            configuration.toString()));
  }

  /** Starts a task manager and waits until its slots are known. */
  Process startWorker(String name) throws Exception {
    Process worker = java(name, "-Xmx1g", "taskexecutor.TaskManagerRunner");
    processes.await(rest() + "/overview", "\"slots-total\":2");
    return worker;
  }

  /** Root of the job manager's REST interface. */
  String rest() {
    return "http://" + HOST + ":" + port;
  }

  List<String> options() {
    return List.of("--flink-master=" + HOST + ":" + port, "--parallelism=2");
  }

  /** Without Flink's start scripts the task manager's memory must all be said. */
  private static String settings(ClusterProcesses processes, int port) throws IOException {
    return String.join(
        "\n",
        "jobmanager.rpc.address: " + HOST,
        "jobmanager.rpc.port: " + freePort(),
        "jobmanager.bind-host: " + HOST,
        "rest.address: " + HOST,
        "rest.bind-address: " + HOST,
        "rest.port: " + port,
        "heartbeat.interval: 1000",
        "heartbeat.timeout: 5000",
        "restart-strategy.type: fixed-delay",
        "restart-strategy.fixed-delay.attempts: 1000",
        "restart-strategy.fixed-delay.delay: 1 s",
        "state.checkpoints.dir: " + processes.directory().resolve("checkpoints").toUri(),
        "taskmanager.host: " + HOST,
        "taskmanager.bind-host: " + HOST,
        "taskmanager.numberOfTaskSlots: 2",
        "taskmanager.cpu.cores: 2.0",
        "taskmanager.memory.framework.heap.size: 128m",
        "taskmanager.memory.framework.off-heap.size: 128m",
        "taskmanager.memory.jvm-metaspace.size: 256m",
        "taskmanager.memory.jvm-overhead.min: 192m",
        "taskmanager.memory.jvm-overhead.max: 192m",
        "taskmanager.memory.task.heap.size: 640m",
        "taskmanager.memory.task.off-heap.size: 0m",
        "taskmanager.memory.managed.size: 128m",
        "taskmanager.memory.network.min: 128m",
        "taskmanager.memory.network.max: 128m",
        "io.tmp.dirs: " + processes.directory(),
        "");
  }
}
