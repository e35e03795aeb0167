package org.anabranch.launcher;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.anabranch.launcher.CallContext.Screen;
import org.anabranch.transforms.merge.MergeBuckets;

/**
 * Says on standard error how far a run is: at once what is read, then how much of it. On a terminal
 * the line is rewritten every two seconds, elsewhere a line is added every five.
 */
final class ProgressLine implements AutoCloseable {

  private static final Duration ON_TERMINAL = Duration.ofSeconds(2);
  private static final Duration IN_LOG = Duration.ofSeconds(5);
  private static final String REWRITE = "\r\u001b[K";

  private final PrintStream err;
  private final Screen screen;
  private final Amount amount;
  private final long bucketsBefore = MergeBuckets.mergedBuckets();
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * What is followed.
   *
   * @param total to be read
   * @param unit it is counted in
   * @param read so far
   */
  record Amount(long total, Slice.Unit unit, LongSupplier read) {}

  ProgressLine(PrintStream err, Screen screen, Amount amount) {
    // Only what is written here may move the cursor.
    this.err = ShownControls.below(err);
    this.screen = screen;
    this.amount = amount;
  }

  /** Prints what is about to happen and starts to follow it. */
  void start(String what) {
    err.println(what);
    start();
  }

  /** Starts to follow what takes long enough. */
  void start() {
    long everyMillis = (screen == Screen.TERMINAL ? ON_TERMINAL : IN_LOG).toMillis();
    var unused =
        timer.scheduleAtFixedRate(this::print, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
  }

  private void print() {
    String line = line(Duration.ofNanos(System.nanoTime() - startNanos), amount.read().getAsLong());
    if (screen == Screen.LOG) {
      err.println(line);
      return;
    }

    err.print(REWRITE + line);
    err.flush();
  }

  /** The line at this time; repeated reads never show more than there is. */
  String line(Duration elapsed, long read) {
    long total = amount.total();
    long shown = Math.min(read, total);
    long percent = total == 0 ? 100 : shown * 100 / total;
    return String.format(
        Locale.ROOT,
        "%d:%02d  read %s of %s (%d %%)%s",
        elapsed.toMinutes(),
        elapsed.toSecondsPart(),
        amount.unit().text(shown),
        amount.unit().text(total),
        percent,
        percent == 100 ? ", merging and writing: " + buckets() : "");
  }

  private String buckets() {
    long merged = MergeBuckets.mergedBuckets() - bucketsBefore;
    return merged + (merged == 1 ? " bucket done" : " buckets done");
  }

  /** Stops; leaves a terminal's line empty. */
  @Override
  public void close() {
    timer.shutdownNow();
    if (screen == Screen.TERMINAL) {
      err.print(REWRITE);
      err.flush();
    }
  }
}
