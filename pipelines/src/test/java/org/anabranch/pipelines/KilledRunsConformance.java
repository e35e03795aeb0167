package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
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
  void aRunKilledTwiceEndsInTheSameTables() throws Exception {
    killAndRunAgain(2, 1L);
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
      finish(data, warehouse);
      long runNanos = System.nanoTime() - begin;
      for (int kill = 1; kill <= kills; kill++) {
        String moment = "seed " + seed + ", kill " + kill;
        Path target = kill % 2 == 0 ? warehouse : directory.resolve("fresh-" + kill);
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

  private void finish(Path data, Path warehouse)
      throws IOException, InterruptedException, SQLException {
    Process process = start(data, warehouse);
    if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("a run took longer than " + LONGEST_RUN_SECONDS + " s");
    }

    assertThat(Files.readString(log()), process.exitValue(), is(0));
  }

  private Process start(Path data, Path warehouse) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(openModules());
    command.add("-Xmx512m");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Danabranch.home=" + TestFiles.customer360().getParent().getParent());
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("org.anabranch.launcher.Main");
    command.add("run");
    command.add("customer-360");
    command.add("--runner=" + runner());
    command.add("--input=" + data.resolve("changes-*"));
    command.add("--warehouse=" + warehouse);
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
