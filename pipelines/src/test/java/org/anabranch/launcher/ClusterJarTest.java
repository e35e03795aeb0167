package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterJarTest {

  @AfterEach
  void forget() {
    System.clearProperty(ClusterJar.PROPERTY);
  }

  @ParameterizedTest
  @CsvSource({
    "spark,spark-master,local[2]",
    "spark,spark-master,local",
    "flink,flink-master,[local]",
    "flink,flink-master,[auto]",
    "direct,target-parallelism,2"
  })
  void nothingIsStagedInsideTheProcess(String runner, String name, String value) {
    Map<String, Given> options = options(name, value);
    Map<String, Given> before = Map.copyOf(options);

    ClusterJar.stage(runner, options, List.of());

    assertThat(options, is(before));
  }

  @Test
  void aClusterGetsTheJarTheScriptNames() {
    System.setProperty(ClusterJar.PROPERTY, "target/x-cluster.jar");
    Map<String, Given> options = options("flink-master", "host:8081");

    ClusterJar.stage("flink", options, List.of());

    assertThat(
        options,
        hasEntry("files-to-stage", Given.onCommandLine("files-to-stage", "target/x-cluster.jar")));
  }

  @Test
  void aClusterGetsTheJarsOfOtherPipelinesToo() {
    System.setProperty(ClusterJar.PROPERTY, "target/x-cluster.jar");
    Map<String, Given> options = options("spark-master", "spark://host:7077");

    ClusterJar.stage("spark", options, List.of(Path.of("/a/revenue.jar"), Path.of("/b/classes")));

    assertThat(
        options.get("files-to-stage"),
        is(
            Given.onCommandLine(
                "files-to-stage", "target/x-cluster.jar,/a/revenue.jar,/b/classes")));
  }

  @Test
  void filesGivenInTheCallWin() {
    System.setProperty(ClusterJar.PROPERTY, "target/x-cluster.jar");
    Map<String, Given> options = options("spark-master", "spark://host:7077");
    Given mine = Given.onCommandLine("files-to-stage", "mine.jar");
    options.put("files-to-stage", mine);

    ClusterJar.stage("spark", options, List.of());

    assertThat(options.get("files-to-stage"), is(mine));
  }

  @Test
  void aMasterTheScriptDidNotSeeIsRefused() {
    WrongCallException wrong =
        assertThrows(
            WrongCallException.class,
            () ->
                ClusterJar.stage("spark", options("spark-master", "spark://host:7077"), List.of()));

    assertThat(
        wrong.getMessage(),
        is(
            "--spark-master is spark://host:7077, which the script did not see: write"
                + " --spark-master=spark://host:7077"));
  }

  private static Map<String, Given> options(String name, String value) {
    return new HashMap<>(Map.of(name, Given.onCommandLine(name, value)));
  }
}
