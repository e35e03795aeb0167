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
import org.anabranch.pipelines.ClusterConformance;
import org.anabranch.pipelines.ClusterProcesses;

/** A standalone master and a worker, with the Parquet, Avro and Guava of Spark's distribution. */
class SparkClusterTest extends ClusterConformance {

  private static final List<String> SHARED =
      List.of("aircompressor", "commons-", "jackson-", "jsr305", "snappy", "xz", "zstd");
  private static final Pattern OTHER_IN_SPARK = Pattern.compile("(parquet|avro|guava)-.*");

  /** What the master says about itself. */
  private String status = "";

  @Override
  protected String runner() {
    return "spark";
  }

  @Override
  protected String javaOptions() {
    return "-Xmx1g -Dspark.driver.host=" + HOST + " -Dspark.driver.bindAddress=" + HOST;
  }

  @Override
  protected List<String> start(ClusterProcesses processes) throws Exception {
    Path home = sparkHome(target().resolve("spark-home"));
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
    status = "http://" + HOST + ":" + page + "/json/";
    String master = "spark://" + HOST + ":" + port;
    processes.java(
        "master",
        environment,
        concat(
            java,
            "org.apache.spark.deploy.master.Master",
            List.of("--host", HOST, "--port", port, "--webui-port", page)));
    processes.await(status, "\"ALIVE\"");
    processes.java(
        "worker",
        environment,
        concat(
            java,
            "org.apache.spark.deploy.worker.Worker",
            List.of(
                "--host", HOST, "--cores", "2", "--memory", "1g", "--webui-port", "0", master)));
    processes.await(status, "\"aliveworkers\" : 1");
    return List.of("--spark-master=" + master);
  }

  @Override
  protected void awaitJob(ClusterProcesses processes) throws Exception {
    processes.await(status, "\"state\" : \"FINISHED\"");
  }

  private static List<String> concat(List<String> java, String main, List<String> arguments) {
    return Stream.of(java, List.of(main), arguments).flatMap(List::stream).toList();
  }

  /** Executors start with the jars of this directory. */
  private Path sparkHome(Path home) throws IOException {
    Path jars = Files.createDirectories(home.resolve("jars"));
    List<Path> engine;
    try (Stream<Path> own = Files.list(target().resolve("spark-has"))) {
      engine =
          Stream.concat(
                  ClusterProcesses.engineJars(target(), SHARED).stream()
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
