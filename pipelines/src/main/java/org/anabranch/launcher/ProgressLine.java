package org.anabranch.launcher;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.anabranch.launcher.CallContext.Screen;

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
  private final long totalBytes;
  private final LongSupplier bytesRead;
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
          });

  ProgressLine(PrintStream err, Screen screen, long totalBytes, LongSupplier bytesRead) {
    this.err = err;
    this.screen = screen;
    this.totalBytes = totalBytes;
    this.bytesRead = bytesRead;
  }

  /** Prints what is about to happen and starts to follow it. */
  void start(String what) {
    err.println(what);
    long everyMillis = (screen == Screen.TERMINAL ? ON_TERMINAL : IN_LOG).toMillis();
    var unused =
        timer.scheduleAtFixedRate(this::print, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
  }

  private void print() {
    String line = line(Duration.ofNanos(System.nanoTime() - startNanos), bytesRead.getAsLong());
    if (screen == Screen.LOG) {
      err.println(line);
      return;
    }

    err.print(REWRITE + line);
    err.flush();
  }

  /** The line at this time; repeated reads never show more than there is. */
  String line(Duration elapsed, long read) {
    long shown = Math.min(read, totalBytes);
    long percent = totalBytes == 0 ? 100 : shown * 100 / totalBytes;
    return String.format(
        Locale.ROOT,
        "%d:%02d  read %s of %s (%d %%)%s",
        elapsed.toMinutes(),
        elapsed.toSecondsPart(),
        ByteText.of(shown),
        ByteText.of(totalBytes),
        percent,
        percent == 100 ? ", merging and writing" : "");
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
