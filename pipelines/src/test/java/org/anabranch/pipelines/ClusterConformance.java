package org.anabranch.pipelines;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo on a cluster whose parts are processes of their own, started by the script, ends in the
 * tables of a run on the Direct runner. Needs the cluster jar, so it runs after packaging.
 */
@Tag("proof")
@Tag("cluster")
public abstract class ClusterConformance {

  /** Includes the build of the Direct runner, where the script finds none. */
  private static final long LONGEST_CALL_SECONDS = 600;

  @TempDir private Path directory;

  /** Name of the runner, as the command line has it. */
  protected abstract String runner();

  /**
   * Starts a cluster and waits until it takes jobs.
   *
   * @return options of the run
   */
  protected abstract List<String> start(ClusterProcesses processes) throws Exception;

  /** Waits until the cluster says that it has run a job: the run was not in the launcher. */
  protected abstract void awaitJob(ClusterProcesses processes) throws Exception;

  @Test
  void theDemoEndsInTheTablesOfADirectRun() throws Exception {
    Path onCluster = directory.resolve("on-cluster");
    try (ClusterProcesses processes =
        new ClusterProcesses(Files.createDirectory(directory.resolve("cluster")))) {
      List<String> call = new ArrayList<>(List.of("run", "customer-360", "--runner=" + runner()));
      call.addAll(start(processes));
      call.add("--warehouse=" + onCluster);
      Result run = anabranch(call);
      assertThat(run.log() + (run.code() == 0 ? "" : processes.logs()), run.code(), is(0));
      awaitJob(processes);
    }

    Path direct = directory.resolve("direct");
    succeed("run", "customer-360", "--warehouse=" + direct);
    Map<String, Long> rows = rows(onCluster);
    assertThat(rows, is(aMapWithSize(greaterThan(4))));
    assertThat(rows, is(rows(direct)));
    for (String table : rows.keySet()) {
      assertThat(table, show(table, onCluster), is(show(table, direct)));
    }
  }

  private Map<String, Long> rows(Path warehouse) throws Exception {
    Map<String, Long> rows = new TreeMap<>();
    String tables = succeed("tables", "--warehouse=" + warehouse, "--as=jsonl");
    for (String line : tables.lines().toList()) {
      JsonNode table = Json.parse(line);
      rows.put(table.get("table").textValue(), table.get("rows").longValue());
    }

    return rows;
  }

  private List<String> show(String table, Path warehouse) throws Exception {
    String rows = succeed("show", table, "--warehouse=" + warehouse, "--as=jsonl");
    return rows.lines().sorted().toList();
  }

  private String succeed(String... call) throws Exception {
    Result result = anabranch(List.of(call));
    assertThat(String.join(" ", call) + "\n" + result.log(), result.code(), is(0));
    return result.out();
  }

  private record Result(int code, String out, String log) {}

  /** One call of the script. */
  private Result anabranch(List<String> call) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("anabranch").toString());
    command.addAll(call);
    File out = directory.resolve("call.out").toFile();
    File log = directory.resolve("call.log").toFile();
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out).redirectError(log);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("ANABRANCH_JAVA_OPTS", javaOptions());
    Process process = builder.start();
    try {
      if (!process.waitFor(LONGEST_CALL_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(call + " took longer than " + LONGEST_CALL_SECONDS + " s");
      }
    } finally {
      process.destroyForcibly();
    }

    return new Result(
        process.exitValue(),
        Files.readString(out.toPath(), UTF_8),
        Files.readString(log.toPath(), UTF_8));
  }

  /** Flags of the launcher's JVM, separated by spaces. */
  protected String javaOptions() {
    return "-Xmx1g";
  }

  private static Path home() {
    return TestFiles.customer360().getParent().getParent();
  }

  /** The module's build directory, which has the cluster jar. */
  protected Path target() {
    return home().resolve("runners-config").resolve(runner()).resolve("target");
  }
}
