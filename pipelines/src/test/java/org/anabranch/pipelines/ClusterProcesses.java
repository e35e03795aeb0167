package org.anabranch.pipelines;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** JVMs of a cluster on this machine; closing it ends them all, the last one first. */
public final class ClusterProcesses implements AutoCloseable {

  /** Address every service of a cluster listens on. */
  public static final String HOST = "127.0.0.1";

  private static final Duration START_WAIT = Duration.ofSeconds(90);
  private static final long PAUSE_MILLIS = 200;
  private static final long STOP_WAIT_SECONDS = 10;

  private final Path directory;
  private final Deque<Process> processes = new ArrayDeque<>();

  ClusterProcesses(Path directory) {
    this.directory = directory;
  }

  /** Directory for what the processes write; their logs are there. */
  public Path directory() {
    return directory;
  }

  /** A port nobody listens on now. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Starts a JVM with the flags of the test's own JVM that open modules.
   *
   * @param name of its log
   * @param environment further variables
   * @param arguments flags, class path, main class and what follows
   */
  public Process java(String name, Map<String, String> environment, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(KilledRunsConformance.openModules());
    command.addAll(arguments);
    File log = directory.resolve(name + ".log").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log);
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.push(process);
    return process;
  }

  /** Ends one of them, SIGKILL. */
  public void kill(Process process) {
    processes.remove(process);
    process.destroyForcibly().onExit().join();
  }

  /** Has one of them stand still, SIGSTOP: it keeps its locks and connections. */
  void pause(Process process) throws IOException, InterruptedException {
    signal("STOP", process);
  }

  /** Has it go on, SIGCONT. */
  void resume(Process process) throws IOException, InterruptedException {
    signal("CONT", process);
  }

  private static void signal(String name, Process process)
      throws IOException, InterruptedException {
    List<String> command = List.of("kill", "-" + name, String.valueOf(process.pid()));
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (code != 0) {
      throw new AssertionError(command + " must end with 0, but ended with: " + code);
    }
  }

  /**
   * Jars that a cluster of an engine has: the engine and what both of us use.
   *
   * @param target build directory of the runner's module
   * @param shared beginnings of the names of what both use
   */
  public static List<Path> engineJars(Path target, List<String> shared) throws IOException {
    List<Path> engine = jars(target.resolve("cluster-classpath.txt"));
    Stream<Path> others =
        jars(target.resolve("classpath.txt")).stream()
            .filter(jar -> !engine.contains(jar))
            .filter(jar -> shared.stream().anyMatch(jar.getFileName().toString()::startsWith));
    return Stream.concat(engine.stream().skip(1), others).toList();
  }

  private static List<Path> jars(Path list) throws IOException {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(Files.readString(list).strip())
        .map(Path::of)
        .toList();
  }

  /** Waits until what a service answers contains a text. */
  public void await(String url, String text) throws IOException, InterruptedException {
    long end = System.nanoTime() + START_WAIT.toNanos();
    String answer = "nothing";
    while (System.nanoTime() < end && processes.stream().allMatch(Process::isAlive)) {
      answer = answer(url);
      if (answer.contains(text)) {
        return;
      }

      Thread.sleep(PAUSE_MILLIS);
    }

    throw new AssertionError(url + " must say " + text + ", but said: " + answer + logs());
  }

  private static String answer(String url) throws InterruptedException {
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
    try {
      return client.send(request, BodyHandlers.ofString()).body();
    } catch (IOException notYet) {
      return notYet.toString();
    }
  }

  /** What the processes wrote, for the message of a failure. */
  String logs() throws IOException {
    StringBuilder text = new StringBuilder();
    File[] files = directory.toFile().listFiles((parent, name) -> name.endsWith(".log"));
    for (File file : files == null ? new File[0] : files) {
      List<String> lines = Files.readAllLines(file.toPath());
      text.append("\n--- ").append(file.getName()).append('\n');
      lines.stream().skip(Math.max(0, lines.size() - 60)).forEach(l -> text.append(l).append('\n'));
    }

    return text.toString();
  }

  @Override
  public void close() {
    for (Process process : processes) {
      // Of a worker: the executors it started.
      ProcessHandle[] children = process.descendants().toArray(ProcessHandle[]::new);
      process.destroy();
      if (!hasEnded(process)) {
        process.destroyForcibly();
      }

      Arrays.stream(children).forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static boolean hasEnded(Process process) {
    try {
      return process.waitFor(STOP_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
