package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeTable;
import org.anabranch.launcher.LauncherCalls;
import org.anabranch.testdata.LocalBroker;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicRunsTest extends TopicRunsConformance {

  @Override
  protected String runner() {
    return "direct";
  }

  @Override
  protected PipelineOptions options() {
    return DirectRuns.options();
  }

  @Override
  protected Optional<PipelineOptions> endless() {
    DirectOptions options = DirectRuns.options().as(DirectOptions.class);
    options.setBlockOnRun(false);
    return Optional.of(options);
  }

  @Override
  @Test
  @Tag("long")
  void aPlainProgramWithoutEndGivesTheTablesOfTheOracle() throws Exception {
    super.aPlainProgramWithoutEndGivesTheTablesOfTheOracle();
  }

  /** In the gate on this runner. */
  @Override
  @Test
  void theArchiveAndThePublishedTopicsSayWhatTheTablesSay() throws Exception {
    super.theArchiveAndThePublishedTopicsSayWhatTheTablesSay();
  }

  @Test
  void whatIsReadAgainOrOutOfOrderChangesNothing() throws Exception {
    Path warehouse = warehouse("replayed");
    String middle = "--from=shop.public.orders/0:20,shop.public.customers/1:10";
    String end = "--to=shop.public.orders/0:60,shop.public.customers/1:30";
    run(warehouse, List.of("--mode=batch", middle, end, "--archive"));
    publish(warehouse, "parts");
    run(warehouse, List.of("--mode=micro-batch", "--until-caught-up", "--archive"));
    Map<String, Long> versions = versions(warehouse);
    publish(warehouse, "parts");
    run(warehouse, List.of("--mode=batch", "--from=earliest", "--job=again", "--archive"));

    assertThat(differences(warehouse), is(Map.of()));
    assertThat(ArchivedRecords.of(warehouse), is(ArchivedRecords.once(records())));
    assertThatTopicsSayWhatTheTablesSay(warehouse, "parts");
    assertThatTheTopicOfRowsMakesTheTable(warehouse, "parts.customers", "customers");
    assertThat("committed before", versions.get("orders"), greaterThan(1L));
  }

  private void assertThatTheTopicOfRowsMakesTheTable(Path warehouse, String topic, String table)
      throws Exception {
    Path copy = warehouse("again");
    call(
        List.of(
            "run",
            "replicate",
            bootstrapServers(),
            "--topics=" + topic,
            "--plain-rows=" + table,
            "--tombstones=delete",
            "--warehouse=" + copy));
    assertThat(shown(copy, table), is(shown(warehouse, table)));
  }

  @Test
  void aRunThatRefusesItsDeadLettersLeavesTheTopicsUnread() throws Exception {
    Path warehouse = warehouse("refused");
    String end = "--until-caught-up";
    List<String> refusing = call(warehouse, List.of("--mode=stream", end, "--max-dead-letters=0"));
    String told =
        LauncherCalls.end(LocalBroker.home(), 1, refusing)
                .lines()
                .filter(line -> line.startsWith("anabranch: "))
                .toList()
            + "";
    assertThat(told, containsString(" records could not be processed, more than --max-dead-"));

    run(warehouse, List.of("--mode=micro-batch", end));
    assertThat(differences(warehouse), is(Map.of()));
  }

  private static Map<String, Long> versions(Path warehouse) throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      return lake.tables().stream().collect(Collectors.toMap(LakeTable::table, LakeTable::version));
    }
  }

  @Test
  @Tag("long")
  void aDiskThatIsFullIsToldInALineAndLosesNothing() throws Exception {
    assumeTrue(LauncherProcess.hasOwnMounts(), "no mounts of one's own here, hence no full disk");
    Path warehouse = Files.createDirectory(warehouse("full"));
    Path copy = Files.createDirectory(warehouse("copy"));
    List<String> call = call(warehouse, List.of("--mode=micro-batch", "--until-caught-up"));
    try (LauncherProcess process =
        LauncherProcess.startWithFullDisk(log(), warehouse, copy, call)) {
      process.exitCode();
      assertThat(process.printed(), containsString("first=1 second=0"));
      List<String> told =
          process.printed().lines().filter(line -> line.startsWith("anabranch: ")).toList();
      assertThat(told, contains(containsString("No space left on device")));
    }

    Files.delete(warehouse);
    Files.move(copy, warehouse);
    assertThat(differences(warehouse), is(Map.of()));
  }

  @Test
  void aWarehouseThatCannotBeMadeIsToldInALine(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    List<String> call = call(file.resolve("warehouse"), List.of());
    assertThat(lastLine(call), startsWith("anabranch: cannot write the warehouse " + file));
  }

  /** What a call that fails says in the end. */
  private static String lastLine(List<String> call) {
    return LauncherCalls.end(LocalBroker.home(), 1, call)
        .lines()
        .reduce("", (before, line) -> line);
  }

  /** Found before an engine starts. */
  @Test
  void aMissingTopicAndABrokerThatIsNotThereAreToldInALine(@TempDir Path warehouse)
      throws Exception {
    Path hasty = warehouse.resolveSibling("hasty.yaml");
    Files.writeString(hasty, "kafka: {default.api.timeout.ms: 1000}\n");
    fails(hasty, bootstrapServers(), warehouse, "topic 'nope' does not exist");
    fails(hasty, "--bootstrap-servers=127.0.0.1:1", warehouse, "127.0.0.1:1 within 1 s");
  }

  private void fails(Path config, String servers, Path warehouse, String expected)
      throws Exception {
    List<String> call =
        List.of(
            "run",
            "customer-360",
            "--config=" + config,
            servers,
            "--topics=nope",
            "--warehouse=" + warehouse);
    long start = System.nanoTime();
    String last = lastLine(call);
    assertThat(last, containsString("anabranch: "));
    assertThat(last, containsString(expected));

    assertThat("seconds", (System.nanoTime() - start) / 1_000_000_000L < 30, is(true));
  }

  /** In the gate on this runner. */
  @Override
  @Test
  void aPlainProgramGoesOnWhereTheLauncherHasEnded() throws Exception {
    super.aPlainProgramGoesOnWhereTheLauncherHasEnded();
  }
}
