package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Calls of the script, each on the next runner: a process with the class path of its runner alone,
 * for those of all runners do not mix.
 */
final class RunnersInTurn {

  private static final List<String> RUNNERS = List.of("direct", "flink", "spark");
  private static final long LONGEST_CALL_SECONDS = 900;

  private final Path directory;
  private int calls;

  /**
   * @param directory for the logs
   * @throws IllegalStateException where a runner is not built: tests must not build it
   */
  RunnersInTurn(Path directory) throws IOException {
    this.directory = directory;
    for (String runner : RUNNERS) {
      Path list = home().resolve("runners-config").resolve(runner).resolve("target/classpath.txt");
      if (!Files.exists(list)) {
        throw new IllegalStateException(
            "the " + runner + " runner must be packaged before, but there is no " + list);
      }

      if (!runner.equals(RUNNERS.get(0))) {
        leaveClasses(list.getParent());
      }
    }
  }

  /**
   * An empty archive of classes, for as long as this process lives: to make one takes longer than a
   * few calls save. Of the first runner it is made, as users have it.
   */
  private static void leaveClasses(Path target) throws IOException {
    Path archive = target.resolve("classes-" + System.getProperty("java.version") + ".jsa");
    if (!Files.exists(archive)) {
      Files.createFile(archive).toFile().deleteOnExit();
    }
  }

  private static Path home() {
    return TestFiles.customer360().getParent().getParent();
  }

  /** The runner of the next run. */
  String next() {
    return RUNNERS.get(calls++ % RUNNERS.size());
  }

  /** Starts the script, which becomes the JVM of the launcher. */
  Process start(List<String> call) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("anabranch").toString());
    command.addAll(call);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("call.log").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("ANABRANCH_JAVA_OPTS", "-Xmx1g -XX:TieredStopAtLevel=1");
    return builder.start();
  }

  /** What the last call has printed. */
  String log() throws IOException {
    return Files.readString(directory.resolve("call.log"));
  }

  /** A call that must end well. */
  void succeed(List<String> call) throws IOException, InterruptedException {
    Process process = start(call);
    try {
      if (!process.waitFor(LONGEST_CALL_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError(call + " took longer than " + LONGEST_CALL_SECONDS + " s");
      }
    } finally {
      process.destroyForcibly();
    }

    assertThat(call + "\n" + log(), process.exitValue(), is(0));
  }
}
