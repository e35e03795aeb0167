package org.anabranch.runners;

import static org.anabranch.pipelines.ClusterProcesses.HOST;
import static org.anabranch.pipelines.ClusterProcesses.freePort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.anabranch.pipelines.ClusterConformance;
import org.anabranch.pipelines.ClusterProcesses;

/** A standalone job manager and a task manager with two slots. */
class FlinkClusterTest extends ClusterConformance {

  private static final List<String> SHARED = List.of("commons-", "jsr305", "snappy");

  /** Root of the job manager's REST interface. */
  private String rest = "";

  @Override
  protected String runner() {
    return "flink";
  }

  @Override
  protected List<String> start(ClusterProcesses processes) throws Exception {
    int port = freePort();
    rest = "http://" + HOST + ":" + port;
    Path configuration = Files.createDirectory(processes.directory().resolve("conf"));
    Files.writeString(configuration.resolve("flink-conf.yaml"), settings(processes, port));
    String jars =
        engineJars(SHARED).map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    processes.java(
        "jobmanager",
        Map.of(),
        List.of(
            "-Xmx512m",
            "-cp",
            jars,
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
            "--configDir",
            configuration.toString()));
    processes.java(
        "taskmanager",
        Map.of(),
        List.of(
            "-Xmx1g",
            "-cp",
            jars,
            "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
            "--configDir",
            configuration.toString()));
    processes.await(rest + "/overview", "\"slots-available\":2");
    return List.of("--flink-master=" + HOST + ":" + port, "--parallelism=2");
  }

  @Override
  protected void awaitJob(ClusterProcesses processes) throws Exception {
    processes.await(rest + "/jobs/overview", "\"state\":\"FINISHED\"");
  }

  /** Without Flink's start scripts the task manager's memory must all be said. */
  private static String settings(ClusterProcesses processes, int port) throws Exception {
    return String.join(
        "\n",
        "jobmanager.rpc.address: " + HOST,
        "jobmanager.rpc.port: " + freePort(),
        "jobmanager.bind-host: " + HOST,
        "rest.address: " + HOST,
        "rest.bind-address: " + HOST,
        "rest.port: " + port,
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
