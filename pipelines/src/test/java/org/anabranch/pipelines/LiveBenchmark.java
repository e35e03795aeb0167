package org.anabranch.pipelines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeTable;
import org.anabranch.pipelines.Latencies.Sighting;
import org.anabranch.testdata.LocalBroker;

/**
 * A steady load on one job: rows are sent at a rate while a reader looks ten times a second how far
 * the table is. Prints one line: how long records took, and how steady the job was. Called by
 * {@code test-data/bench/live} with: home, directory for all files, runner, mode, interval, rows a
 * second, seconds. Ends with 1 where the table is not what was sent.
 */
final class LiveBenchmark {

  private static final String TABLE = "numbers";
  private static final String JOB = "replicate";
  private static final long LOOK_MILLIS = 100;
  private static final Pattern COMMIT = Pattern.compile("batch \\d+: .* commit ([0-9.]+) s");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  private final Path directory;
  private final List<String> call;
  private final List<Sighting> sightings = new ArrayList<>();
  private volatile boolean isOver;

  private LiveBenchmark(Path directory, List<String> call) {
    this.directory = directory;
    this.call = call;
  }

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments);
    Path home = Path.of(words.get(0));
    Path directory = Files.createDirectories(Path.of(words.get(1)));
    try (LocalBroker broker =
        LocalBroker.start(
            home, directory.resolve("broker"), 0, LocalBroker.Life.ATTACHED, Map.of())) {
      List<String> call =
          List.of(
              home.resolve("anabranch").toString(),
              "run",
              JOB,
              "--runner=" + words.get(2),
              "--mode=" + words.get(3),
              "--every=" + words.get(4),
              "--bootstrap-servers=" + broker.bootstrapServers(),
              "--topics=" + TABLE,
              "--plain-rows=" + TABLE,
              "--keys=" + TABLE + ":id",
              "--warehouse=" + directory.resolve("warehouse"));
      String label = "%s:%s %s".formatted(words.get(2), words.get(3), words.get(4));
      boolean isEqual =
          new LiveBenchmark(directory, call)
              .run(
                  broker.bootstrapServers(),
                  label,
                  Integer.parseInt(words.get(5)),
                  Integer.parseInt(words.get(6)));
      System.exit(isEqual ? 0 : 1);
    }
  }

  private Path warehouse() {
    return directory.resolve("warehouse");
  }

  private boolean run(String servers, String label, int rate, int seconds) throws Exception {
    Path log = directory.resolve("run.log");
    try (LiveProducer producer = LiveProducer.start(servers, TABLE, 4)) {
      // The engine has started when the first row is in.
      producer.send(1);
      Process job =
          new ProcessBuilder(call).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      Runtime.getRuntime().addShutdownHook(new Thread(job::destroyForcibly));
      try {
        return run(producer, job, log, label, rate, seconds);
      } finally {
        isOver = true;
        job.destroyForcibly();
      }
    }
  }

  private boolean run(
      LiveProducer producer, Process job, Path log, String label, int rate, int seconds)
      throws Exception {
    producer.awaitIn(warehouse(), JOB, job);
    Thread reader = new Thread(this::look);
    reader.start();
    long start = System.currentTimeMillis();
    List<Sample> samples = new ArrayList<>();
    for (int part = 0; part < 3; part++) {
      producer.sendSteadily(rate, seconds / 3);
      samples.add(Sample.of(job, warehouse()));
    }

    producer.awaitIn(warehouse(), JOB, job);
    TimeUnit.MILLISECONDS.sleep(5 * LOOK_MILLIS);
    isOver = true;
    reader.join();
    Duration cpu = job.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    long peak = Sample.kibibytes(job, PEAK) / 1024;
    job.destroy();
    boolean hasEnded = job.waitFor(60, TimeUnit.SECONDS) && job.exitValue() == 0;
    Latencies latencies = Latencies.of(sightings, producer.sentSince(start));
    boolean isEqual = hasEnded && NumberSums.of(warehouse()).equals(producer.sums());
    print(label, latencies, commits(log), samples, cpu, peak, isEqual);
    return isEqual;
  }

  private void look() {
    try (Lake lake = Lake.at(LakeConfig.at(warehouse()))) {
      while (!isOver) {
        Map<Integer, Long> ends = new TreeMap<>();
        lake.table(TABLE)
            .places()
            .forEach(
                (place, end) -> {
                  if (place.startsWith("read:")) {
                    ends.put(Integer.parseInt(place.substring(place.lastIndexOf('/') + 1)), end);
                  }
                });
        sightings.add(new Sighting(System.currentTimeMillis(), ends));
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Seconds that commits took, in their order. */
  private static List<Double> commits(Path log) throws IOException {
    List<Double> seconds = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      Matcher matcher = COMMIT.matcher(line);
      if (matcher.find()) {
        seconds.add(Double.parseDouble(matcher.group(1)));
      }
    }

    return seconds;
  }

  /**
   * How the job is at a moment.
   *
   * @param resident memory in MiB
   * @param files data files of the table
   * @param deletes its delete files
   */
  private record Sample(long resident, long files, long deletes) {

    static Sample of(Process job, Path warehouse) throws IOException {
      try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
        LakeTable table = lake.table(TABLE);
        return new Sample(
            kibibytes(job, RESIDENT) / 1024, table.dataFileCount(), table.deleteFileCount());
      }
    }

    /** What Linux tells of a process; 0 elsewhere. */
    static long kibibytes(Process job, Pattern what) throws IOException {
      Path status = Path.of("/proc", String.valueOf(job.pid()), "status");
      if (!Files.isReadable(status)) {
        return 0;
      }

      Matcher matcher = what.matcher(Files.readString(status));
      return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }
  }

  private static void print(
      String label,
      Latencies latencies,
      List<Double> commits,
      List<Sample> samples,
      Duration cpu,
      long peak,
      boolean isEqual) {
    int third = Math.max(1, commits.size() / 3);
    System.out.printf(
        Locale.ROOT,
        "%-28s %8d records  p50 %.1f  p95 %.1f  p99 %.1f  max %.1f s  commits %d (%.1f s, at last"
            + " %.1f s)  files %s  MiB %s, peak %d  CPU %.0f s  table %s%n",
        label,
        latencies.sorted().length,
        latencies.seconds(0.5),
        latencies.seconds(0.95),
        latencies.seconds(0.99),
        latencies.seconds(1),
        commits.size(),
        median(commits.subList(0, Math.min(third, commits.size()))),
        median(commits.subList(Math.max(0, commits.size() - third), commits.size())),
        samples.stream().map(one -> one.files() + "+" + one.deletes()).toList(),
        samples.stream().map(Sample::resident).toList(),
        peak,
        cpu.toMillis() / 1000.0,
        isEqual ? "equal" : "different");
  }

  private static double median(List<Double> values) {
    return values.isEmpty()
        ? Double.NaN
        : values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
