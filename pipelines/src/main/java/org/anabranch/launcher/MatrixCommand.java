package org.anabranch.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.anabranch.files.InputFiles;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicLoader;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeTable;
import org.anabranch.launcher.Runners.Support;
import org.anabranch.launcher.TextTable.Align;
import org.anabranch.testdata.LocalBroker;

/**
 * {@code matrix}: the promise, put to the test. Sends the events of files to the topics of a local
 * broker, runs a pipeline over them on every runner in every mode, each time into a warehouse of
 * its own, and compares all rows of all tables.
 */
final class MatrixCommand implements Command {

  private static final String DEMO = "test-data/customer-360/changes-*";
  private static final int PARTITIONS = 4;

  private static final OptionSpec RUNNERS =
      new OptionSpec(
          "runners",
          "RUNNER[,RUNNER...]",
          String.join(",", RunOptions.RUNNERS),
          "runners to compare (default: all)");
  private static final OptionSpec MODES =
      new OptionSpec(
          "modes",
          "MODE[,MODE...]",
          String.join(",", Mode.labels()),
          "modes to compare (default: all)");
  private static final OptionSpec INPUT =
      OptionSpec.of(
          "input",
          "GLOB[,GLOB...]",
          "files of change events, each in a record with its topic (default: the shipped ones)");
  private static final OptionSpec MAX_ROWS =
      new OptionSpec("max-rows", "N", "20000", "most records of a micro-batch (default 20000)");
  private static final OptionSpec DIRECTORY =
      OptionSpec.of(
          "dir", "DIR", "broker, warehouses and logs, removed before (default: target/matrix)");

  private static final List<OptionSpec> OWN = List.of(RUNNERS, MODES, INPUT, MAX_ROWS, DIRECTORY);

  @Override
  public String name() {
    return "matrix";
  }

  @Override
  public String summary() {
    return "run a pipeline on every runner in every mode and compare the tables";
  }

  @Override
  public String usage() {
    return "matrix [PIPELINE] [--input=GLOB] [--runners=A,B] [--modes=A,B] [options of the pipeline]";
  }

  @Override
  public boolean looksForPipelines() {
    return true;
  }

  @Override
  public List<OptionSpec> options() {
    return OWN;
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    NamedPipeline pipeline =
        NamedPipeline.of(
            name(), line.words().isEmpty() ? List.of(Customer360Definition.NAME) : line.words());
    Settings settings = new Settings(line.options());
    List<String> runners = chosen(settings, RUNNERS, RunOptions.RUNNERS);
    List<String> modes = chosen(settings, MODES, Mode.labels());
    Path directory =
        settings.find(DIRECTORY) == null
            ? context.home().resolve("target/matrix")
            : TargetOptions.directory(settings, DIRECTORY);
    Map<String, Map<String, String>> digests = new LinkedHashMap<>();
    TextTable table =
        new TextTable(
            List.of("runner", "mode", "runs as", "rows", "seconds", "tables"),
            List.of(Align.LEFT, Align.LEFT, Align.LEFT, Align.RIGHT, Align.RIGHT, Align.LEFT));
    try {
      clear(settings, directory);
      try (LocalBroker broker =
          LocalBroker.start(
              context.home(),
              directory.resolve("broker"),
              0,
              LocalBroker.Life.ATTACHED,
              Map.of())) {
        load(settings, broker, context);
        for (String runner : runners) {
          for (String mode : modes) {
            Cell cell = new Cell(pipeline, runner, Mode.of(mode), directory);
            double seconds = cell.run(arguments(line, settings, broker), context);
            Map<String, String> digest = digest(cell.warehouse());
            digests.put(runner + " " + mode, digest);
            table.add(cell.row(digest, seconds, digests.values().iterator().next()));
          }
        }
      }
    } catch (IOException e) {
      throw new RunFailedException("cannot write " + directory + ": " + Reasons.of(e), e);
    }

    table.flush(context.out());
    Set<Map<String, String>> different = new LinkedHashSet<>(digests.values());
    if (different.size() > 1) {
      throw new RunFailedException("the tables differ; they are in " + directory);
    }

    context.out().println("all tables are equal, row by row; they are in " + directory);
  }

  private static List<String> chosen(Settings settings, OptionSpec option, List<String> allowed) {
    List<String> chosen = settings.list(option);
    for (String one : chosen) {
      if (!allowed.contains(one)) {
        throw settings.wrong(
            option, "must be some of " + String.join(", ", allowed) + ", but was: " + one);
      }
    }

    return chosen;
  }

  /** Removes what an earlier call left; refuses a directory that holds something else. */
  private static void clear(Settings settings, Path directory) throws IOException {
    Path mark = directory.resolve(".matrix");
    if (Files.isDirectory(directory) && !Files.exists(mark)) {
      try (Stream<Path> entries = Files.list(directory)) {
        if (entries.findAny().isPresent()) {
          throw settings.wrong(
              DIRECTORY, "must be empty or what an earlier call left, but was: " + directory);
        }
      }
    }

    if (Files.isDirectory(directory)) {
      try (Stream<Path> old = Files.walk(directory)) {
        for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }

    Files.createDirectories(directory);
    Files.createFile(mark);
  }

  private static void load(Settings settings, LocalBroker broker, CallContext context)
      throws IOException {
    List<String> globs =
        settings.find(INPUT) == null
            ? List.of(context.home().resolve(DEMO).toString())
            : settings.list(INPUT);
    List<Path> files = new ArrayList<>();
    try {
      InputFiles.match(globs).sizes().keySet().forEach(path -> files.add(Path.of(path)));
    } catch (IllegalArgumentException e) {
      throw new WrongCallException("--input: " + Reasons.of(e), e);
    }

    Map<String, Long> sent =
        TopicLoader.load(KafkaConfig.of(broker.bootstrapServers()), files, PARTITIONS);
    long records = sent.values().stream().mapToLong(Long::longValue).sum();
    context
        .err()
        .println(
            "%d records in %d topics on %s"
                .formatted(records, sent.size(), broker.bootstrapServers()));
  }

  /** Options that every run has; those that are not ours are the pipeline's. */
  private static List<String> arguments(CommandLine line, Settings settings, LocalBroker broker) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--bootstrap-servers=" + broker.bootstrapServers());
    arguments.add("--topics=/(?!__).*/");
    arguments.add("--" + MAX_ROWS.name() + "=" + settings.wholeNumber(MAX_ROWS, 1, Long.MAX_VALUE));
    List<String> ours = OWN.stream().map(OptionSpec::name).toList();
    line.options()
        .forEach(
            (name, given) -> {
              if (!ours.contains(name)) {
                String value = given.value();
                arguments.add("--" + name + (value == null ? "" : "=" + value));
              }
            });
    return arguments;
  }

  /** One run. */
  private record Cell(NamedPipeline pipeline, String runner, Mode mode, Path directory) {

    Path warehouse() {
      return directory.resolve(runner + "-" + mode.label());
    }

    /** Runs to the end; gives how long it took. */
    double run(List<String> arguments, CallContext context) throws IOException {
      List<String> command =
          new ArrayList<>(
              List.of(
                  context.home().resolve("anabranch").toString(),
                  "run",
                  pipeline.label(),
                  "--runner=" + runner,
                  "--mode=" + mode.label(),
                  "--warehouse=" + warehouse()));
      for (String argument : arguments) {
        boolean isOfBatches = argument.startsWith("--" + MAX_ROWS.name());
        if (mode != Mode.BATCH || !isOfBatches) {
          command.add(argument);
        }
      }

      if (mode != Mode.BATCH) {
        command.add("--until-caught-up");
      }

      context.err().println(runner + ", " + mode.label());
      Path log = directory.resolve(runner + "-" + mode.label() + ".log");
      long start = System.nanoTime();
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        int code = process.waitFor();
        if (code != 0) {
          List<String> lines = Files.readAllLines(log);
          String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
          throw new RunFailedException(
              "%s in mode %s ended with %d: %s; all it said is in %s"
                  .formatted(runner, mode.label(), code, last, log));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RunFailedException("interrupted while a run was under way", e);
      } finally {
        process.destroy();
      }

      return (System.nanoTime() - start) / 1e9;
    }

    List<String> row(Map<String, String> digest, double seconds, Map<String, String> first) {
      List<String> different =
          digest.keySet().stream()
              .filter(table -> !Objects.equals(digest.get(table), first.get(table)))
              .toList();
      String verdict = different.isEmpty() ? "equal" : "DIFFERENT: " + different;
      if (!digest.keySet().equals(first.keySet())) {
        verdict = "DIFFERENT: " + digest.keySet();
      }

      long rows =
          digest.values().stream()
              .mapToLong(text -> Long.parseLong(text.substring(0, text.indexOf(' '))))
              .sum();
      Support support = Runners.of(new RunOptions(runner, mode)).support();
      return List.of(
          runner,
          mode.label(),
          support == Support.NATIVE ? mode.label() : support.text(),
          String.valueOf(rows),
          String.format(Locale.ROOT, "%.1f", seconds),
          verdict);
    }
  }

  /** Number of rows and a checksum over all rows in any order, by table. */
  private static Map<String, String> digest(Path warehouse) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      for (LakeTable table : lake.tables()) {
        digests.put(table.table(), RowDigest.of(table));
      }
    }

    return digests;
  }
}
