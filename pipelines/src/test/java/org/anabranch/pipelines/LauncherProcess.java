package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The launcher as a process of its own, with the class path of the test. */
final class LauncherProcess implements AutoCloseable {

  private static final long LONGEST_SECONDS = 240;

  /** Of a short run: little memory, and no time lost with optimizing. */
  private static final List<String> SMALL =
      List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  private final Process process;
  private final Path log;
  private final ListeningSockets sockets;

  private LauncherProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    sockets = ListeningSockets.watch(process.toHandle());
  }

  /**
   * Starts a call.
   *
   * @param log takes all that it prints
   */
  static LauncherProcess start(Path log, List<String> arguments) throws IOException {
    return start(log, List.of(), SMALL, arguments);
  }

  /**
   * Starts a call twice, the first time with a directory that has room for 400 kB, the second time
   * with room enough. Then says {@code first=CODE second=CODE} and leaves what is in the directory
   * in another one.
   */
  static LauncherProcess startWithFullDisk(
      Path log, Path directory, Path copy, List<String> arguments) throws IOException {
    String script =
        """
        mount -t tmpfs -o size=400k tmpfs "$1" || exit 77
        small="$1" copy="$2"
        shift 2
        "$@"
        first=$?
        mount -o remount,size=400m "$small"
        "$@"
        echo "first=$first second=$?"
        cp -a "$small/." "$copy"
        """;
    List<String> prefix =
        List.of(
            "unshare", "-rm", "bash", "-c", script, "--", directory.toString(), copy.toString());
    return start(log, prefix, SMALL, arguments);
  }

  /** Whether this system lets a process have mounts of its own. */
  static boolean hasOwnMounts() throws IOException, InterruptedException {
    try {
      Process process =
          new ProcessBuilder("unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }

  private static LauncherProcess start(
      Path log, List<String> prefix, List<String> javaFlags, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(KilledRunsConformance.openModules());
    command.addAll(javaFlags);
    // As the script says where Spark runs inside the launcher.
    command.add("-Dspark.driver.host=127.0.0.1");
    command.add("-Dspark.driver.bindAddress=127.0.0.1");
    command.add("-Dspark.ui.enabled=false");
    command.add("-Danabranch.home=" + TestFiles.customer360().getParent().getParent());
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("org.anabranch.launcher.Main");
    command.addAll(arguments);
    return new LauncherProcess(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(),
        log);
  }

  /** Starts a call of the script. */
  static LauncherProcess ofScript(Path log, List<String> arguments) throws IOException {
    return ofScript(log, "", arguments);
  }

  /** The same, with flags of its JVM; the script finds the jar for clusters. */
  static LauncherProcess ofScript(Path log, String javaOptions, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(TestFiles.customer360().getParent().resolveSibling("anabranch").toString());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("ANABRANCH_JAVA_OPTS", javaOptions);
    return new LauncherProcess(builder.start(), log);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Runs a call to its end, which must be a good one; gives what it printed. */
  static String run(Path log, List<String> arguments) throws IOException, InterruptedException {
    return printed(start(log, arguments));
  }

  /** The same with flags of the JVM. */
  static String run(Path log, List<String> javaFlags, List<String> arguments)
      throws IOException, InterruptedException {
    return printed(start(log, List.of(), javaFlags, arguments));
  }

  private static String printed(LauncherProcess started) throws IOException, InterruptedException {
    try (LauncherProcess process = started) {
      int code = process.exitCode();
      assertThat(process.printed(), code, is(0));
      return process.printed();
    }
  }

  /** Waits for the end. */
  int exitCode() throws IOException, InterruptedException {
    if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("a call took longer than " + LONGEST_SECONDS + " s: " + printed());
    }

    sockets.requireLoopback();
    return process.exitValue();
  }

  /** Whether it ended within this time. */
  boolean endsWithin(long nanos) throws InterruptedException {
    return process.waitFor(nanos, TimeUnit.NANOSECONDS);
  }

  /** Asks it to end, SIGTERM. */
  void ask() {
    process.destroy();
  }

  /** Waits until it has printed this. */
  void awaitPrinted(String text) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
    while (!printed().contains(text)) {
      if (System.nanoTime() > deadline || !process.isAlive()) {
        throw new AssertionError("'" + text + "' was not printed, but: " + printed());
      }

      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  String printed() throws IOException {
    return Files.readString(log);
  }

  /** Ends it, SIGKILL. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
