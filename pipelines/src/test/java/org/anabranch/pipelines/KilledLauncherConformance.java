package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.UpkeepSettings;
import org.anabranch.launcher.LauncherCalls;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.ShopGenerator;
import org.anabranch.transforms.report.WriteReport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher is killed (SIGKILL) when its job, on a cluster whose parts are processes of their
 * own, has begun to write and has not begun to commit. The job goes on, and others write to the
 * same tables and remove all that nobody needs. Every table can be read, no file that one needs is
 * missing, and the killed run is in as a whole or not at all. Needs the cluster jar, so it runs
 * after packaging.
 */
@Tag("proof")
@Tag("cluster")
public abstract class KilledLauncherConformance {

  private static final int WINDOW_MINUTES = 60;
  private static final int CUSTOMERS = 3_000;
  private static final long LONGEST_WAIT_SECONDS = 240;
  private static final long LOOK_MILLIS = 2;

  /** More than are open at a time, so that some are complete, and less than a run writes. */
  private static final int WRITTEN_FILES = 8;

  /** Any change may come last, and the data spans ninety days: deletes are kept for longer. */
  private static final String RETENTION = "--tombstone-retention=100d";

  /** What the last step says where the run has ended. */
  private static final String TOO_LATE = "has ended, so that it can no longer be committed";

  /** Inputs of the run before, of the killed one, and of the one beside it. */
  private static final String BEFORE = "changes-00.jsonl.gz";

  private static final String KILLED = "changes-01.jsonl.gz";
  private static final String BESIDE = "changes-02.jsonl.gz";

  /** The tables that are not computed from others. */
  private static final List<String> MERGED =
      List.of("customers", "customers_history", "dead_letters", "interactions", "orders");

  @TempDir private Path directory;

  /** Name of the runner, as the command line has it. */
  protected abstract String runner();

  /**
   * Starts a cluster without workers, which waits for a worker that stands still.
   *
   * @return options of the run
   */
  protected abstract List<String> start(ClusterProcesses processes) throws Exception;

  /** Starts a worker and waits until the cluster knows it. */
  protected abstract Process startWorker(ClusterProcesses processes) throws Exception;

  /** Where the cluster tells of the job that runs. */
  protected abstract String job() throws Exception;

  /** Waits until a job runs. */
  protected abstract void awaitRunning(ClusterProcesses processes, String job) throws Exception;

  /** Waits until a job has ended well. */
  protected abstract void awaitEnd(ClusterProcesses processes, String job) throws Exception;

  /** Waits until a job has failed with a message; it may have been started again since. */
  protected abstract void awaitFailure(ClusterProcesses processes, String job, String message)
      throws Exception;

  /** Ends the job that runs. */
  protected abstract void cancel() throws Exception;

  /**
   * A run whose launcher is killed.
   *
   * @param directory which it has until it has ended
   * @param job of the cluster
   */
  private record KilledRun(Path directory, String job) {

    /** Whether all its files are written, so that its last step commits it. */
    boolean hasReport() {
      return Files.exists(directory.resolve(WriteReport.FILE));
    }

    boolean hasEnded() {
      return !Files.exists(directory);
    }
  }

  @BeforeEach
  void generate() throws IOException {
    ShopGenerator.generate(new ShopGenerator.Options(data(), CUSTOMERS, 1, 7, 3, 0.02, 0.01, 500));
  }

  /** Into new tables, so that the workers need nothing that upkeep has removed, until the end. */
  @Test
  void whatUpkeepEndsWhileTheWorkersWriteIsRefusedByTheLastStep() throws Exception {
    try (ClusterProcesses processes = processes();
        Lake lake = Lake.at(LakeConfig.at(warehouse()))) {
      List<String> options = start(processes);
      var unused = startWorker(processes);
      try (LauncherProcess launcher = launch(options)) {
        KilledRun run = awaitWriting(launcher);
        kill(launcher, run);
        remove(lake);
        assertThat(run.hasEnded(), is(true));
        awaitRunning(processes, run.job());
        try (LauncherProcess beside = LauncherProcess.start(log("beside"), call(BESIDE))) {
          await(
              "an end of the run beside",
              beside,
              () -> {
                remove(lake);
                return !beside.isAlive();
              });
          assertThat(beside.printed(), beside.exitCode(), is(0));
        }

        awaitFailure(processes, run.job(), TOO_LATE);
        cancel();
        requireAbsent(run, BESIDE);
      }
    }
  }

  /** The same at one moment: nothing is written any more until upkeep has passed. */
  @Test
  void whatUpkeepEndsWhileTheWorkerStandsStillIsRefusedByTheLastStep() throws Exception {
    KilledRun run = endWhileTheWorkerStandsStill(TOO_LATE, List.of(upkeep()));
    LauncherCalls.succeed(home(), call(BESIDE));
    requireAbsent(run, BESIDE);
  }

  /** Into tables of which upkeep removes the version that the run builds on. */
  @Test
  void whatUpkeepEndsTogetherWithWhatItBuildsOnIsNotCommitted() throws Exception {
    LauncherCalls.succeed(home(), call(BEFORE));
    KilledRun run =
        endWhileTheWorkerStandsStill("NoSuchFileException", List.of(call(BESIDE), upkeep()));
    requireAbsent(run, BEFORE, BESIDE);
  }

  /**
   * Kills the launcher and makes calls while the worker stands still.
   *
   * @param failure of the job when its worker goes on
   * @param calls the last of which ends the run
   */
  private KilledRun endWhileTheWorkerStandsStill(String failure, List<List<String>> calls)
      throws Exception {
    try (ClusterProcesses processes = processes()) {
      List<String> options = start(processes);
      Process worker = startWorker(processes);
      try (LauncherProcess launcher = launch(options)) {
        KilledRun run = awaitWriting(launcher);
        processes.pause(worker);
        kill(launcher, run);
        for (List<String> call : calls) {
          String unused = LauncherProcess.run(log("meanwhile"), call);
        }

        assertThat(run.hasEnded(), is(true));
        processes.resume(worker);
        awaitFailure(processes, run.job(), failure);
        cancel();
        return run;
      }
    }
  }

  /** What is computed from the tables is computed by the next run, where upkeep came between. */
  @Test
  void whatTheClusterCommitsBesideUpkeepIsInAsAWhole() throws Exception {
    LauncherCalls.succeed(home(), call(BEFORE));
    try (ClusterProcesses processes = processes()) {
      List<String> options = start(processes);
      var unused = startWorker(processes);
      try (LauncherProcess launcher = launch(options)) {
        KilledRun run = awaitWriting(launcher);
        kill(launcher, run);
        await("the last step", launcher, run::hasReport);
        AtomicInteger passes = new AtomicInteger();
        await(
            "an end of the run",
            launcher,
            () -> {
              compact();
              passes.incrementAndGet();
              return run.hasEnded();
            });
        // The first one met a run that was being committed.
        assertThat(passes.get(), is(greaterThan(1)));
        awaitEnd(processes, run.job());
      }
    }

    requireReadable();
    Path reference = reference(BEFORE, KILLED);
    assertThat(SameTables.differences(warehouse(), reference, MERGED), is(Map.of()));
    LauncherCalls.succeed(home(), call(BESIDE));
    compact();
    requireOracle(List.of(BEFORE, KILLED, BESIDE));
  }

  /**
   * Starts the run that is to be killed. Nothing is forced to the disk, which would tell a worker
   * that the file it writes is gone: the last step alone has to find out.
   */
  private LauncherProcess launch(List<String> options) throws IOException {
    List<String> call = new ArrayList<>(call(KILLED));
    call.addAll(options);
    call.add("--durability=process");
    return LauncherProcess.ofScript(log("killed"), "-Xmx1g", call);
  }

  /** Waits until the workers have begun to write. */
  private KilledRun awaitWriting(LauncherProcess launcher) throws Exception {
    await(
        "files of the run",
        launcher,
        () -> runs().stream().anyMatch(run -> files(run).size() >= WRITTEN_FILES));
    return new KilledRun(runs().get(0), job());
  }

  /** Something that comes true. */
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(String what, LauncherProcess launcher, Condition condition)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_WAIT_SECONDS);
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "there must be " + what + ", but there is none:\n" + launcher.printed());
      }

      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  private static void kill(LauncherProcess launcher, KilledRun run) throws IOException {
    launcher.close();
    assertThat(launcher.printed(), run.hasReport() || run.hasEnded(), is(false));
  }

  /** Directories of the runs that have not ended. */
  private List<Path> runs() throws IOException {
    Path all = warehouse().resolve(".anabranch").resolve("runs");
    if (!Files.isDirectory(all)) {
      return List.of();
    }

    try (Stream<Path> runs = Files.list(all)) {
      return runs.filter(run -> run.getFileName().toString().startsWith("ab")).toList();
    }
  }

  /** Data files of a run, whether or not a table needs them. */
  private List<File> files(Path run) {
    List<File> files = new ArrayList<>();
    for (File table : entries(warehouse().resolve("anabranch").toFile())) {
      for (File bucket : entries(new File(table, "data"))) {
        for (File file : entries(bucket)) {
          if (file.getName().contains(run.getFileName().toString())) {
            files.add(file);
          }
        }
      }
    }

    return files;
  }

  /** Also of a directory that others remove. */
  private static List<File> entries(File directory) {
    File[] entries = directory.listFiles();
    return entries == null ? List.of() : List.of(entries);
  }

  /** The tables are those of the other runs alone; running its input again adds it. */
  private void requireAbsent(KilledRun run, String... others) throws Exception {
    compact();
    requireReadable();
    Path reference = reference(others);
    assertThat(SameTables.differences(warehouse(), reference), is(Map.of()));
    LauncherCalls.succeed(home(), call(KILLED));
    compact();
    assertThat(files(run.directory()), is(empty()));
    List<String> all = new ArrayList<>(List.of(others));
    all.add(KILLED);
    requireOracle(all);
  }

  /** Tables of runs that are left alone. */
  private Path reference(String... inputs) {
    Path reference = directory.resolve("reference");
    for (String input : inputs) {
      LauncherCalls.succeed(home(), call(input, reference));
    }

    return reference;
  }

  /** Requires that all tables can be read, and that no file is missing that a version needs. */
  private void requireReadable() throws IOException {
    assertThat(NeededFiles.missing(warehouse()), is(empty()));
    for (String table : Exported.tables(warehouse())) {
      assertThat(table, Exported.files(warehouse(), table), is(not(empty())));
    }
  }

  private void requireOracle(List<String> inputs) throws Exception {
    requireReadable();
    Path read = Files.createDirectory(directory.resolve("read"));
    for (String input : inputs) {
      Files.createLink(read.resolve(input), data().resolve(input));
    }

    try (OracleTables oracle = OracleTables.compute(read, WINDOW_MINUTES)) {
      assertThat(oracle.differences(warehouse()), is(Map.of()));
    }
  }

  private List<String> call(String input) {
    return call(input, warehouse());
  }

  private List<String> call(String input, Path into) {
    return List.of(
        "run",
        "customer-360",
        "--buckets=4",
        "--runner=" + runner(),
        "--input=" + data().resolve(input),
        "--warehouse=" + into,
        RETENTION);
  }

  private List<String> upkeep() {
    return List.of("compact", "--warehouse=" + warehouse(), "--keep-versions=1", RETENTION);
  }

  /** Removes all that can be, and makes no version. */
  private static void remove(Lake lake) throws IOException {
    lake.compact(new UpkeepSettings(1, Duration.ZERO));
  }

  private void compact() {
    LauncherCalls.succeed(home(), upkeep());
  }

  private ClusterProcesses processes() throws IOException {
    return new ClusterProcesses(Files.createDirectory(directory.resolve("cluster")));
  }

  private Path data() {
    return directory.resolve("data");
  }

  private Path warehouse() {
    return directory.resolve("warehouse");
  }

  private Path log(String call) {
    return directory.resolve(call + ".log");
  }

  private static Path home() {
    return LocalBroker.home();
  }
}
