package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.anabranch.transforms.report.WriteReport;

/**
 * Runs on the next runner, some of which are killed: one of three at any moment of the time it
 * takes to commit, which is short, the others at any moment of the time that such a run takes.
 */
final class Kills {

  /** What a run was doing when it was to be killed. */
  enum Moment {
    STARTING,
    WORKING,
    COMMITTING,
    LEAVING,
    /** The run was faster. */
    ENDED
  }

  private static final long LONGEST_RUN_NANOS = TimeUnit.SECONDS.toNanos(180);
  private static final long GUESSED_COMMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LOOK_MILLIS = 2;
  private static final int ONE_COMMITTING_IN = 3;
  private static final int MOST_ATTEMPTS = 200;

  private final RunnersInTurn runners;
  private final Path warehouse;
  private final Random random;
  private final Map<Moment, Integer> moments = new EnumMap<>(Moment.class);
  private final Map<String, Long> runNanos = new HashMap<>();
  private final long begin = System.nanoTime();
  private long commitNanos = GUESSED_COMMIT_NANOS;
  private int attempts;
  private int completed;
  private int finishedByOthers;

  Kills(RunnersInTurn runners, Path warehouse, Random random) {
    this.runners = runners;
    this.warehouse = warehouse;
    this.random = random;
  }

  /** Number of runs that were killed before they ended. */
  int count() {
    return moments.entrySet().stream()
        .filter(moment -> moment.getKey() != Moment.ENDED)
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  int during(Moment moment) {
    return moments.getOrDefault(moment, 0);
  }

  /** Number of dead runs that later ones have committed. */
  int finishedByOthers() {
    return finishedByOthers;
  }

  <T> T oneOf(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  <T> void putBack(T element, List<T> left) {
    left.add(random.nextInt(left.size() + 1), element);
  }

  /** A run that is left alone; from it is known how long runs take. */
  void completed(Function<String, List<String>> call) throws IOException, InterruptedException {
    String runner = runners.next();
    Set<Path> before = runs();
    long start = System.nanoTime();
    Process process = runners.start(call.apply(runner));
    try {
      long untilReport = awaitReport(process, before, start);
      if (!process.waitFor(LONGEST_RUN_NANOS, TimeUnit.NANOSECONDS)) {
        throw new AssertionError("a run on " + runner + " took too long: " + runners.log());
      }

      long took = System.nanoTime() - start;
      runNanos.put(runner, took);
      commitNanos = Math.max(1, took - untilReport);
    } finally {
      process.destroyForcibly();
    }

    end(process);
  }

  /** A run that is to be killed; tells whether it was, or had ended. */
  boolean killed(Function<String, List<String>> call) throws IOException, InterruptedException {
    if (++attempts > MOST_ATTEMPTS) {
      throw new AssertionError("after " + MOST_ATTEMPTS + " attempts: " + this);
    }

    boolean isInCommit = attempts % ONE_COMMITTING_IN == 1;
    String runner = runners.next();
    long typical = runNanos.values().stream().mapToLong(Long::longValue).max().orElseThrow();
    Set<Path> before = runs();
    long start = System.nanoTime();
    Process process = runners.start(call.apply(runner));
    try {
      if (isInCommit) {
        awaitReport(process, before, start);
        process.waitFor(random.nextLong(commitNanos), TimeUnit.NANOSECONDS);
      } else {
        long usual = runNanos.getOrDefault(runner, typical);
        process.waitFor(random.nextLong(usual), TimeUnit.NANOSECONDS);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }

    // 128 + 9: the signal that cannot be caught.
    boolean isKilled = process.exitValue() == 137;
    moments.merge(isKilled ? moment(before) : Moment.ENDED, 1, Integer::sum);
    if (!isKilled) {
      runNanos.put(runner, System.nanoTime() - start);
      end(process);
    }

    return isKilled;
  }

  private void end(Process process) throws IOException {
    assertThat(runners.log(), process.exitValue(), is(0));
    completed++;
    finishedByOthers +=
        (int) runners.log().lines().filter(line -> line.startsWith("finishing run ")).count();
  }

  /** Waits until a run has written its report and begins to commit; tells how long it took. */
  private long awaitReport(Process process, Set<Path> before, long start)
      throws IOException, InterruptedException {
    while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      long waited = System.nanoTime() - start;
      if (waited > LONGEST_RUN_NANOS) {
        throw new AssertionError("a run took too long: " + runners.log());
      }

      if (hasReport(before)) {
        return waited;
      }
    }

    return System.nanoTime() - start;
  }

  private Moment moment(Set<Path> before) throws IOException {
    if (hasReport(before)) {
      return Moment.COMMITTING;
    }

    Set<Path> added = runs();
    added.removeAll(before);
    if (!added.isEmpty()) {
      return Moment.WORKING;
    }

    return runners.log().contains("tables are in ") ? Moment.LEAVING : Moment.STARTING;
  }

  private boolean hasReport(Set<Path> before) throws IOException {
    Set<Path> added = runs();
    added.removeAll(before);
    return added.stream().anyMatch(run -> Files.exists(run.resolve(WriteReport.FILE)));
  }

  /** Directories of runs that are under way or dead. */
  private Set<Path> runs() throws IOException {
    Path parent = warehouse.resolve(".anabranch").resolve("runs");
    if (!Files.isDirectory(parent)) {
      return new HashSet<>();
    }

    try (Stream<Path> runs = Files.list(parent)) {
      return new HashSet<>(runs.toList());
    }
  }

  @Override
  public String toString() {
    return "%d runs killed, %s; %d completed; %d dead runs finished by others; %d s"
        .formatted(
            count(),
            moments,
            completed,
            finishedByOthers,
            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
  }
}
