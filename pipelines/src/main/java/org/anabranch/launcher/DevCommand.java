package org.anabranch.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.anabranch.files.InputFiles;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicLoader;
import org.anabranch.kafka.Topics;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.LocalBroker.Life;

/**
 * {@code dev}: a Kafka broker on this machine with the demo's events in its topics, which stays
 * until it is stopped. Its data survive a stop.
 */
final class DevCommand implements Command {

  private static final String KAFKA = "kafka";
  private static final String STOP = "stop";
  private static final String DEMO = "test-data/customer-360";

  /** File that is written once all events are in their topics. */
  private static final String LOADED = "loaded";

  private static final String SETTINGS = "server.properties";
  private static final String TRANSACTIONS = "shop.transaction";
  private static final String MESSAGES = "shop.message";

  private static final OptionSpec DIRECTORY =
      OptionSpec.of(
          "dir", "DIR", "files of the broker (default: target/local-kafka in the project)");
  private static final OptionSpec PORT =
      new OptionSpec("port", "N", "0", "port on 127.0.0.1 (default: a free one)");
  private static final OptionSpec PARTITIONS =
      new OptionSpec("partitions", "N", "4", "partitions of each topic (default 4)");

  private static final OptionSpec INPUT =
      OptionSpec.of(
          "input",
          "GLOB[,GLOB...]",
          "files of records that name their topics, to be loaded in this order (default: the demo)");

  @Override
  public String name() {
    return "dev";
  }

  @Override
  public String summary() {
    return "start a local Kafka with the demo's events, or yours, in its topics, or stop it";
  }

  @Override
  public String usage() {
    return "dev kafka|stop [--dir=DIR] [--port=N] [--partitions=N] [--input=GLOB]";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of(DIRECTORY, PORT, PARTITIONS, INPUT);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    if (line.words().isEmpty()) {
      throw new WrongCallException("kafka or stop is missing; the call is: anabranch " + usage());
    }

    Settings settings = Words.check(this, line, 1);
    Path directory =
        settings.find(DIRECTORY) == null
            ? context.home().resolve("target/local-kafka")
            : TargetOptions.directory(settings, DIRECTORY);
    String word = line.words().get(0);
    try {
      switch (word) {
        case KAFKA -> start(settings, directory, context);
        case STOP -> stop(directory, context);
        default ->
            throw new WrongCallException("dev must be followed by kafka or stop, but was: " + word);
      }
    } catch (IOException e) {
      throw new RunFailedException("dev " + word + ": " + Reasons.of(e), e);
    }
  }

  private static void start(Settings settings, Path directory, CallContext context)
      throws IOException {
    // What is wrong with a pipeline is told before a broker starts.
    UserClasses.in(context.environment());
    List<String> others = NamedPipeline.others();
    int port = (int) settings.wholeNumber(PORT, 0, 65_535);
    int partitions = (int) settings.wholeNumber(PARTITIONS, 1, 1000);
    Optional<LocalBroker> running = LocalBroker.running(directory);
    if (running.isPresent()) {
      context.err().println("a broker runs on " + directory + " already");
      tell(running.get(), directory, others, settings, context);
      return;
    }

    List<Path> files = files(settings, context);
    prepare(settings, directory);
    context.err().println("starting a broker on " + directory);
    LocalBroker broker =
        LocalBroker.start(context.home(), directory, port, Life.DETACHED, Map.of());
    if (!Files.exists(directory.resolve(LOADED))) {
      load(broker, directory, partitions, files, context);
    } else if (settings.isGiven(INPUT)) {
      context.err().println("its topics were loaded before; for other events give another --dir");
    }

    tell(broker, directory, others, settings, context);
  }

  /** Removes what a start that was interrupted left; refuses a directory that is not ours. */
  private static void prepare(Settings settings, Path directory) throws IOException {
    Path data = directory.resolve("data");
    boolean isOurs = Files.exists(directory.resolve(SETTINGS));
    if (!isOurs && Files.exists(directory) && !isEmpty(directory)) {
      throw settings.wrong(
          DIRECTORY, "must be empty or the directory of a local broker, but was: " + directory);
    }

    if (isOurs && Files.exists(data) && !Files.exists(directory.resolve(LOADED))) {
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }

  private static void load(
      LocalBroker broker, Path directory, int partitions, List<Path> files, CallContext context)
      throws IOException {
    context.err().println("loading the events of " + Input.describe(files.size(), size(files)));
    try {
      TopicLoader.load(KafkaConfig.of(broker.bootstrapServers()), files, partitions);
      Files.createFile(directory.resolve(LOADED));
    } catch (IOException | RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  private static long size(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.size(file);
    }

    return bytes;
  }

  /** Files to load: those that are given, or the demo's. */
  private static List<Path> files(Settings settings, CallContext context) throws IOException {
    List<Path> given = new ArrayList<>();
    for (String glob : settings.list(INPUT)) {
      try {
        InputFiles.match(List.of(glob)).sizes().keySet().stream()
            .sorted()
            .forEach(file -> given.add(Path.of(file)));
      } catch (IllegalArgumentException e) {
        throw settings.wrong(INPUT, Reasons.of(e));
      }
    }

    if (!given.isEmpty()) {
      return given;
    }

    try (Stream<Path> files = Files.list(context.home().resolve(DEMO))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("changes-"))
          .sorted()
          .toList();
    }
  }

  private static void tell(
      LocalBroker broker,
      Path directory,
      List<String> others,
      Settings settings,
      CallContext context) {
    String servers = broker.bootstrapServers();
    List<String> topics;
    try (Topics admin = Topics.connect(KafkaConfig.of(servers))) {
      topics = admin.matching("/.*/");
    }

    String wanted =
        topics.stream()
            .filter(topic -> !topic.equals(TRANSACTIONS) && !topic.equals(MESSAGES))
            .collect(Collectors.joining(","));
    String stop = settings.find(DIRECTORY) == null ? "" : " --dir=" + directory;
    context.out().println("bootstrap servers  " + servers);
    context.out().println("topics             " + String.join(", ", topics));
    context.out().println("process            " + broker.pid());
    context
        .out()
        .println(
            "try                ./anabranch run customer-360 --bootstrap-servers=%s --topics=%s"
                .formatted(servers, wanted));
    for (String other : others) {
      context
          .out()
          .println(
              "or                 ./anabranch run %s --bootstrap-servers=%s --topics=%s --warehouse=DIR"
                  .formatted(other, servers, wanted));
    }

    context.out().println("stop               ./anabranch dev stop" + stop);
  }

  private static void stop(Path directory, CallContext context) throws IOException {
    Optional<LocalBroker> running = LocalBroker.running(directory);
    if (running.isEmpty()) {
      context.err().println("no broker runs on " + directory);
      return;
    }

    running.get().close();
    context.err().println("stopped the broker on " + directory);
  }
}
