package org.anabranch.launcher;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.anabranch.lake.JobLease;
import org.anabranch.lake.Lake;
import org.jspecify.annotations.Nullable;

/**
 * What a run does while another run of the same job is under way, as a scheduler starts them that
 * does not know how long the last one takes.
 */
enum OneAtATime {
  /** Runs beside it, which is safe, but does the work twice. */
  TOGETHER,
  /** Waits until it has ended. */
  WAIT,
  /** Does nothing: the next start catches up. */
  SKIP,
  /** Fails. */
  FAIL;

  static final OptionSpec IF_RUNNING =
      new OptionSpec(
          "if-running",
          "together|wait|skip|fail",
          "together",
          "what to do while another run of the job is under way, on any machine (default together,"
              + " which is safe)");

  private static final Duration MAX_WAIT = Duration.ofDays(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

  static OneAtATime parse(Settings settings) {
    String value = settings.oneOf(IF_RUNNING, List.of("together", "wait", "skip", "fail"));
    return valueOf(value.toUpperCase(Locale.ROOT));
  }

  /**
   * Takes the right to run the job.
   *
   * @return what ends the right; null where nothing is to be done
   * @throws RunFailedException where another run is under way and that is a failure
   */
  @Nullable Closeable enter(Lake lake, String job, PrintStream err) throws IOException {
    if (this == TOGETHER) {
      return () -> {};
    }

    long deadline = System.nanoTime() + MAX_WAIT.toNanos();
    boolean hasSaid = false;
    while (true) {
      Optional<JobLease> lease = JobLease.take(lake, job, owner(), JobLease.LENGTH);
      if (lease.isPresent()) {
        return lease.get();
      }

      String other =
          "job '%s' is being run by %s"
              .formatted(
                  job,
                  JobLease.holder(lake, job)
                      .map(holder -> holder.owner() + " since " + holder.since())
                      .orElse("another process"));
      if (this == SKIP) {
        err.println(other + ": nothing to do");
        return null;
      }

      if (this == FAIL || System.nanoTime() > deadline) {
        throw new RunFailedException(other + "; --if-running=wait waits for its end");
      }

      if (!hasSaid) {
        err.println(other + ": waiting for its end");
        hasSaid = true;
      }

      pause();
    }
  }

  /** {@code HOST/PROCESS}: for people to find it, and for us to know ourselves. */
  private static String owner() {
    long process = ProcessHandle.current().pid();
    try {
      return InetAddress.getLocalHost().getHostName() + "/" + process;
    } catch (UnknownHostException nameless) {
      return "process " + process;
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunFailedException("interrupted while waiting for another run", e);
    }
  }
}
