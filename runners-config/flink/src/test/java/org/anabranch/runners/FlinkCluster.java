package org.anabranch.runners;

import static org.anabranch.pipelines.ClusterProcesses.HOST;
import static org.anabranch.pipelines.ClusterProcesses.freePort;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.anabranch.pipelines.ClusterProcesses;

/** A standalone job manager and task managers with two slots each. */
final class FlinkCluster {

  /** The one that runs: those that have ended stay in the list. */
  private static final Pattern JOB =
      Pattern.compile("\"jid\":\"([0-9a-f]+)\"[^{}]*\"state\":\"(?:RUNNING|RESTARTING|CREATED)\"");

  private static final Pattern ENDED =
      Pattern.compile("\"jid\":\"([0-9a-f]+)\"[^{}]*\"state\":\"FINISHED\"");

  private static final int MAX_ATTEMPTS = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Pattern REQUEST = Pattern.compile("\"request-id\":\"([0-9a-f]+)\"");
  private static final Pattern LOCATION = Pattern.compile("\"location\":\"([^\"]+)\"");
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
    return start(processes, target, PATIENCE);
  }

  /**
   * The same.
   *
   * @param patience for which a task manager may be silent before it counts as dead
   */
  static FlinkCluster start(ClusterProcesses processes, Path target, Duration patience)
      throws IOException {
    int port = freePort();
    Path configuration = Files.createDirectory(processes.directory().resolve("conf"));
    Files.writeString(
        configuration.resolve("flink-conf.yaml"), settings(processes, port, patience));
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

  /** What the page of a job that has ended shows of its counters. */
  String counters() throws IOException, InterruptedException {
    return rest() + "/jobs/" + found(ENDED, get(rest() + "/jobs/overview")) + "/accumulators";
  }

  /** The newest job. */
  String job() throws IOException, InterruptedException {
    return rest() + "/jobs/" + found(JOB, get(rest() + "/jobs/overview"));
  }

  /**
   * Takes a savepoint of the job.
   *
   * @param how what is asked of the job: {@code stop} or {@code savepoints}
   * @param body of the question, with {@code %s} for the directory
   * @return where it is
   */
  String savepoint(String how, String body) throws IOException, InterruptedException {
    String job = job();
    String directory = processes.directory().resolve("savepoints").toUri().toString();
    for (int attempt = 1; ; attempt++) {
      String request =
          found(
              REQUEST,
              send(
                  HttpRequest.newBuilder(URI.create(job + "/" + how))
                      .header("Content-Type", "application/json")
                      .POST(BodyPublishers.ofString(body.formatted(directory)))));
      String status = job + "/savepoints/" + request;
      processes.await(status, "\"COMPLETED\"");
      String answer = get(status);
      Matcher location = LOCATION.matcher(answer);
      if (location.find()) {
        return location.group(1);
      }

      // Not while the job starts again.
      if (attempt == MAX_ATTEMPTS) {
        throw new AssertionError("no savepoint: " + answer);
      }

      TimeUnit.SECONDS.sleep(1);
    }
  }

  /** Ends the job and waits until it has ended. */
  void cancel() throws IOException, InterruptedException {
    String job = job();
    send(
        HttpRequest.newBuilder(URI.create(job + "?mode=cancel"))
            .method("PATCH", BodyPublishers.noBody()));
    // The program ends with its job, so that not all processes live on.
    for (int look = 0; !get(job).contains("\"state\":\"CANCELED\""); look++) {
      if (look == MAX_ATTEMPTS) {
        throw new AssertionError("the job is not cancelled: " + get(job));
      }

      TimeUnit.SECONDS.sleep(1);
    }
  }

  private static String found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new AssertionError(pattern + " is not in: " + text);
    }

    return matcher.group(1);
  }

  private static String get(String url) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url)));
  }

  private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()).body();
  }

  List<String> options() {
    return List.of("--flink-master=" + HOST + ":" + port, "--parallelism=2");
  }

  /** Without Flink's start scripts the task manager's memory must all be said. */
  private static String settings(ClusterProcesses processes, int port, Duration patience)
      throws IOException {
    return String.join(
        "\n",
        "jobmanager.rpc.address: " + HOST,
        "jobmanager.rpc.port: " + freePort(),
        "jobmanager.bind-host: " + HOST,
        "rest.address: " + HOST,
        "rest.bind-address: " + HOST,
        "rest.port: " + port,
        "heartbeat.interval: 1000",
        "heartbeat.timeout: " + patience.toMillis(),
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
        "taskmanager.memory.network.min: 256m",
        "taskmanager.memory.network.max: 256m",
        "io.tmp.dirs: " + processes.directory(),
        "");
  }
}
