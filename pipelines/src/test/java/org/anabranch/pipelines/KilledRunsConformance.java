package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.UpkeepReport;
import org.anabranch.lake.UpkeepSettings;
import org.anabranch.launcher.LauncherCalls;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.ShopGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher's process is killed (SIGKILL) at random moments of a run. What readers see is the
 * old tables or the new ones, and running again gives the same tables and clears away what was
 * left.
 */
public abstract class KilledRunsConformance {

  private static final int WINDOW_MINUTES = 60;
  private static final int CUSTOMERS = 200;
  private static final long LONGEST_RUN_SECONDS = 180;

  @TempDir private Path directory;

  /** Name of the runner, as the command line has it. */
  protected abstract String runner();

  @Test
  void aRunThatIsKilledEndsInTheSameTables() throws Exception {
    killAndRunAgain(kills(), 1L);
  }

  /** Number of kills of the short test; every second one meets tables that are there. */
  protected int kills() {
    return 1;
  }

  @Test
  @Tag("proof")
  void aRunKilledTwentyTimesEndsInTheSameTables() throws Exception {
    killAndRunAgain(20, System.nanoTime());
  }

  private void killAndRunAgain(int kills, long seed) throws Exception {
    Random random = new Random(seed);
    Path data = directory.resolve("data");
    ShopGenerator.generate(new ShopGenerator.Options(data, CUSTOMERS, 1, 7, 3, 0.02, 0.01, 500));
    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      long begin = System.nanoTime();
      Path warehouse = directory.resolve("warehouse");
      finishAlone(data, warehouse);
      long runNanos = System.nanoTime() - begin;
      for (int kill = 1; kill <= kills; kill++) {
        String moment = "seed " + seed + ", kill " + kill;
        Path target = kill % 2 == 1 ? warehouse : directory.resolve("fresh-" + kill);
        Process process = start(data, target);
        boolean ended = process.waitFor(random.nextLong(runNanos), TimeUnit.NANOSECONDS);
        process.destroyForcibly().waitFor();
        if (target.equals(warehouse)) {
          assertThat(moment + ", before the next run", oracle.differences(target), is(Map.of()));
        }

        finish(data, target);
        assertThat(moment + (ended ? " (too late)" : ""), oracle.differences(target), is(Map.of()));
        nothingIsLeft(moment, target);
      }
    }
  }

  private static void nothingIsLeft(String moment, Path warehouse) throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      lake.compact(UpkeepSettings.DEFAULT);
      for (UpkeepReport again : lake.compact(UpkeepSettings.DEFAULT)) {
        assertThat(moment + " " + again, again.removedFiles(), is(0));
      }
    }

    try (Stream<Path> runs = Files.list(warehouse.resolve(".anabranch").resolve("runs"))) {
      assertThat(moment, runs.toList(), is(empty()));
    }
  }

  /** In a process of its own, from whose time the moments of the kills are drawn. */
  private void finishAlone(Path data, Path warehouse) throws IOException, InterruptedException {
    Process process = start(data, warehouse);
    if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("a run took longer than " + LONGEST_RUN_SECONDS + " s");
    }

    assertThat(Files.readString(log()), process.exitValue(), is(0));
  }

  private void finish(Path data, Path warehouse) {
    LauncherCalls.succeed(LocalBroker.home(), call(data, warehouse));
  }

  private List<String> call(Path data, Path warehouse) {
    return List.of(
        "run",
        "customer-360",
        "--buckets=2",
        "--runner=" + runner(),
        "--input=" + data.resolve("changes-*"),
        "--warehouse=" + warehouse);
  }

  private Process start(Path data, Path warehouse) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(openModules());
    command.add("-Xmx512m");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("-Danabranch.home=" + TestFiles.customer360().getParent().getParent());
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("org.anabranch.launcher.Main");
    command.addAll(call(data, warehouse));
    File log = log().toFile();
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
  }

  /** What the runner's engine needs of this JVM, it needs of another one too. */
  static List<String> openModules() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add-opens"))
        .toList();
  }

  private Path log() {
    return directory.resolve("run.log");
  }
}
