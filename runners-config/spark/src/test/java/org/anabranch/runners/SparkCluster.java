package org.anabranch.runners;

import static org.anabranch.pipelines.ClusterProcesses.HOST;
import static org.anabranch.pipelines.ClusterProcesses.freePort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.anabranch.pipelines.ClusterProcesses;

/** A standalone master and workers, with the Parquet, Avro and Guava of Spark's distribution. */
final class SparkCluster {

  /** Flags of a launcher whose executors are on this machine. */
  static final String JAVA_OPTIONS =
      "-Xmx1g -Dspark.driver.host=" + HOST + " -Dspark.driver.bindAddress=" + HOST;

  private static final List<String> SHARED =
      List.of("aircompressor", "commons-", "jackson-", "jsr305", "snappy", "xz", "zstd");
  private static final Pattern OTHER_IN_SPARK = Pattern.compile("(parquet|avro|guava)-.*");

  private final ClusterProcesses processes;
  private final Map<String, String> environment;
  private final List<String> java;
  private final String master;
  private final String status;

  private SparkCluster(
      ClusterProcesses processes,
      Map<String, String> environment,
      List<String> java,
      String master,
      String status) {
    this.processes = processes;
    this.environment = environment;
    this.java = java;
    this.master = master;
    this.status = status;
  }

  /**
   * Starts a master.
   *
   * @param target build directory of the runner's module
   */
  static SparkCluster start(ClusterProcesses processes, Path target) throws Exception {
    Path home = sparkHome(target);
    Map<String, String> environment =
        Map.of(
            "SPARK_HOME",
            home.toString(),
            "SPARK_LOCAL_IP",
            HOST,
            "SPARK_SCALA_VERSION",
            "2.12",
            "JAVA_HOME",
            System.getProperty("java.home"));
    List<String> java = List.of("-Xmx256m", "-cp", home.resolve("jars") + File.separator + "*");
    String port = Integer.toString(freePort());
    String page = Integer.toString(freePort());
    SparkCluster cluster =
        new SparkCluster(
            processes,
            environment,
            java,
            "spark://" + HOST + ":" + port,
            "http://" + HOST + ":" + page + "/json/");
    cluster.start(
        "master",
        "org.apache.spark.deploy.master.Master",
        List.of("--host", HOST, "--port", port, "--webui-port", page));
    cluster.await("\"ALIVE\"");
    return cluster;
  }

  private Process start(String name, String main, List<String> arguments) throws IOException {
    return processes.java(
        name,
        environment,
        Stream.of(java, List.of(main), arguments).flatMap(List::stream).toList());
  }

  /** Starts the worker and waits until the master knows it. */
  Process startWorker() throws Exception {
    Process worker =
        start(
            "worker",
            "org.apache.spark.deploy.worker.Worker",
            List.of("--host", HOST, "--cores", "2", "--memory", "1g", "--webui-port", "0", master));
    await("\"aliveworkers\" : 1");
    return worker;
  }

  /** Waits until the master says a text about itself. */
  void await(String text) throws Exception {
    processes.await(status, text);
  }

  List<String> options() {
    return List.of("--spark-master=" + master);
  }

  /** Executors start with the jars of this directory. */
  private static Path sparkHome(Path target) throws IOException {
    Path home = target.resolve("spark-home");
    Path jars = Files.createDirectories(home.resolve("jars"));
    List<Path> engine;
    try (Stream<Path> own = Files.list(target.resolve("spark-has"))) {
      engine =
          Stream.concat(
                  ClusterProcesses.engineJars(target, SHARED).stream()
                      .filter(
                          jar -> !OTHER_IN_SPARK.matcher(jar.getFileName().toString()).matches()),
                  own)
              .toList();
    }

    for (Path jar : engine) {
      Path link = jars.resolve(jar.getFileName());
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, jar);
    }

    return home;
  }
}
