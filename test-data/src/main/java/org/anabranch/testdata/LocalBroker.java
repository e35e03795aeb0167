package org.anabranch.testdata;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A Kafka broker on this machine, one node that is its own controller, as a process of its own. Its
 * data, its log {@code broker.log} and the number of its process are in a directory; it listens on
 * 127.0.0.1 only. Topics are kept until somebody deletes them, and never made by asking for them.
 */
public final class LocalBroker implements Closeable {

  /** Class path of the broker within the project, which the build writes. */
  private static final String CLASS_PATH = "test-data/local-kafka/target/classpath.txt";

  private static final String HOST = "127.0.0.1";
  private static final String SETTINGS = "server.properties";
  private static final String LOG = "broker.log";
  private static final String PROCESS = "broker.pid";
  private static final String STARTED = "Kafka Server started";

  private static final Duration LONGEST_START = Duration.ofSeconds(90);
  private static final Duration LONGEST_STOP = Duration.ofSeconds(15);
  private static final long LOOK_EVERY_MILLIS = 50;

  private final ProcessHandle process;
  private final String bootstrapServers;

  private LocalBroker(ProcessHandle process, String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
  }

  /** How long a broker lives. */
  public enum Life {
    /** It is stopped when this process ends. */
    ATTACHED,
    /** It stays when this process ends, until {@link #running} finds it and it is closed. */
    DETACHED
  }

  /**
   * Starts a broker on a free port that ends with this process, with the class path of the project
   * around the working directory.
   */
  public static LocalBroker start(Path directory) throws IOException {
    return start(home(), directory, 0, Life.ATTACHED, Map.of());
  }

  /**
   * Starts a broker, on the data that is in the directory, and waits until it answers.
   *
   * @param home directory of the project, in which the broker's class path was built
   * @param directory where its files are; made when missing
   * @param port 0 for a free one
   * @param settings further lines of its {@code server.properties}
   * @throws IOException where it does not start, saying where its log is
   */
  public static LocalBroker start(
      Path home, Path directory, int port, Life life, Map<String, String> settings)
      throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    Files.createDirectories(absolute);
    int listened = port == 0 ? freePort(port) : port;
    requireFree(listened);
    Path file = absolute.resolve(SETTINGS);
    Files.write(file, lines(absolute, listened, freePort(listened), settings));
    String classPath = Files.readString(home.resolve(CLASS_PATH)).strip();
    Path log = absolute.resolve(LOG);
    Files.deleteIfExists(log);
    if (!Files.exists(absolute.resolve("data/meta.properties"))) {
      format(classPath, file, log);
    }

    Process process = run(log, life, classPath, "-Xmx512m", "kafka.Kafka", file.toString()).start();
    if (life == Life.ATTACHED) {
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    LocalBroker broker = new LocalBroker(process.toHandle(), HOST + ":" + listened);
    awaitStart(process, listened, log);
    broker.note(absolute);
    return broker;
  }

  /** The broker that runs on a directory, if one does. */
  public static Optional<LocalBroker> running(Path directory) throws IOException {
    Path file = directory.resolve(PROCESS);
    if (!Files.exists(file)) {
      return Optional.empty();
    }

    List<String> words = List.of(Files.readString(file).strip().split(" ", -1));
    if (words.size() != 3) {
      return Optional.empty();
    }

    // A number is given to another process some time; that one started at another moment.
    return ProcessHandle.of(Long.parseLong(words.get(0)))
        .filter(process -> started(process).equals(words.get(1)))
        .map(process -> new LocalBroker(process, words.get(2)));
  }

  private void note(Path directory) throws IOException {
    String line = process.pid() + " " + started(process) + " " + bootstrapServers + "\n";
    Files.writeString(directory.resolve(PROCESS), line);
  }

  private static String started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("unknown");
  }

  /** Directory of the project: the working directory or one around it. */
  public static Path home() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("test-data/local-kafka"))) {
      Path parent = directory.getParent();
      if (parent == null) {
        throw new IllegalStateException("the working directory is not within the project");
      }

      directory = parent;
    }

    return directory;
  }

  private static int freePort(int taken) throws IOException {
    while (true) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        if (socket.getLocalPort() != taken) {
          return socket.getLocalPort();
        }
      }
    }
  }

  private static void requireFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      socket.getLocalPort();
    } catch (IOException e) {
      throw new IOException("port " + port + " is in use", e);
    }
  }

  private static List<String> lines(
      Path directory, int port, int controllerPort, Map<String, String> settings) {
    Map<String, String> all = new TreeMap<>();
    all.put("process.roles", "broker,controller");
    all.put("node.id", "1");
    all.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
    all.put("controller.listener.names", "CONTROLLER");
    all.put(
        "listeners",
        "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
    all.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
    all.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    all.put("log.dirs", directory.resolve("data").toString());
    all.put("auto.create.topics.enable", "false");
    all.put("log.retention.ms", "-1");
    // One node holds the only replica of everything.
    all.put("offsets.topic.replication.factor", "1");
    all.put("offsets.topic.num.partitions", "1");
    all.put("transaction.state.log.replication.factor", "1");
    all.put("transaction.state.log.num.partitions", "1");
    all.put("transaction.state.log.min.isr", "1");
    all.put("group.initial.rebalance.delay.ms", "0");
    // The default takes 128 MB of the heap.
    all.put("log.cleaner.dedupe.buffer.size", String.valueOf(16 << 20));
    all.putAll(settings);
    List<String> lines = new ArrayList<>();
    all.forEach((name, value) -> lines.add(name + "=" + value.replace("\\", "\\\\")));
    return lines;
  }

  private static void format(String classPath, Path settings, Path log) throws IOException {
    List<String> words =
        List.of("kafka.tools.StorageTool", "format", "-t", newId(), "-c", settings.toString());
    List<String> command = new ArrayList<>(List.of("-Xmx128m"));
    command.addAll(words);
    Process process = run(log, Life.ATTACHED, classPath, command.toArray(new String[0])).start();
    if (waitFor(process, LONGEST_START) != 0) {
      throw new IOException("the broker's directory could not be prepared; details are in " + log);
    }
  }

  /** Identity of a new cluster; the tool would take a leading dash for an option. */
  private static String newId() {
    UUID random = UUID.randomUUID();
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
    bytes.putLong(random.getMostSignificantBits()).putLong(random.getLeastSignificantBits());
    String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    return id.startsWith("-") ? newId() : id;
  }

  private static ProcessBuilder run(Path log, Life life, String classPath, String... words) {
    List<String> command = new ArrayList<>();
    Path session = Path.of("/usr/bin/setsid");
    if (life == Life.DETACHED && Files.isExecutable(session)) {
      // Out of reach of the terminal's interrupts.
      command.add(session.toString());
    }

    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    if (life == Life.ATTACHED) {
      // It is over before optimised code would pay.
      command.add("-XX:TieredStopAtLevel=1");
    }

    command.addAll(List.of("-cp", classPath));
    command.addAll(List.of(words));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
  }

  private static int waitFor(Process process, Duration longest) throws IOException {
    try {
      if (process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }

      process.destroyForcibly();
      return -1;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a broker was being started", e);
    }
  }

  private static void awaitStart(Process process, int port, Path log) throws IOException {
    long end = System.nanoTime() + LONGEST_START.toNanos();
    while (!Files.readString(log, StandardCharsets.ISO_8859_1).contains(STARTED)
        || !answers(port)) {
      boolean isOver = System.nanoTime() > end || hasEnded(process);
      if (isOver) {
        process.destroyForcibly();
        throw new IOException("the broker did not start; the reason is in " + log);
      }
    }
  }

  /** Waits a moment; whether the process has ended by then. */
  private static boolean hasEnded(Process process) throws IOException {
    try {
      return process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a broker was being started", e);
    }
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** {@code HOST:PORT}. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  public long pid() {
    return process.pid();
  }

  /** Stops it, by force where it takes too long; its data stays. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      process.onExit().get(LONGEST_STOP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      process.destroyForcibly();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IOException("the end of process " + process.pid() + " cannot be seen", e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
