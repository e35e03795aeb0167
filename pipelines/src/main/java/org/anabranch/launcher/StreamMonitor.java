package org.anabranch.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.anabranch.lake.Lake;
import org.anabranch.launcher.Slice.Unit;
import org.anabranch.transforms.report.RunCounters;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.Metrics;

/**
 * Follows a job without end where its source runs in the launcher's process, and lets it be stopped
 * there. On a cluster the source has none: what it says goes to the log of its worker.
 */
final class StreamMonitor implements AutoCloseable {

  private static final Map<String, StreamMonitor> HERE = new ConcurrentHashMap<>();

  /** Metrics of the engine, of committed runs. */
  private static final Counter BATCHES = Metrics.counter(RunCounters.NAMESPACE, "batches");

  private static final Gauge LAG = Metrics.gauge(RunCounters.NAMESPACE, "lag_records");

  private final StreamJob job;
  private final PrintStream err;
  private final JobMetrics metrics;
  private final Stop stop;
  private volatile String running = "";

  /** Whether the source runs in this process. */
  private volatile boolean isHere;

  private StreamMonitor(StreamJob job, PrintStream err, JobMetrics metrics, Stop stop) {
    this.job = job;
    this.err = err;
    this.metrics = metrics;
    this.stop = stop;
  }

  /** Follows a launch of a job from now on. */
  static StreamMonitor follow(StreamJob job, PrintStream err, Stop stop) {
    StreamMonitor monitor = new StreamMonitor(job, err, new JobMetrics(job.topics().job()), stop);
    HERE.put(job.id(), monitor);
    return monitor;
  }

  /** The one that follows a launch; one that nobody looks at where it was launched elsewhere. */
  static StreamMonitor of(StreamJob job) {
    StreamMonitor here = HERE.get(job.id());
    if (here == null) {
      return new StreamMonitor(job, System.err, new JobMetrics(job.topics().job()), new Stop());
    }

    here.isHere = true;
    return here;
  }

  JobMetrics metrics() {
    return metrics;
  }

  boolean isStopping() {
    return stop.isAsked();
  }

  PrintStream err() {
    return err;
  }

  /** Counts a run that is committed, and says so. */
  void committed(Summary summary, long records, double seconds, double commitSeconds, long behind) {
    metrics.count(summary, seconds, commitSeconds);
    BATCHES.inc();
    LAG.set(behind);
    err.println(
        String.format(
            Locale.ROOT,
            "batch %d: %s in %.1f s, commit %.1f s, %s behind",
            metrics.batches(),
            Unit.RECORDS.text(records),
            seconds,
            commitSeconds,
            Unit.RECORDS.text(behind)));
  }

  /** Tells at the end what the job has done; on a cluster only its workers know. */
  void print(PrintStream out, Duration took, Path warehouse) {
    if (isHere) {
      metrics.print(out, took, warehouse);
    } else {
      out.println("tables are in " + warehouse);
    }
  }

  /** Notes the run that is under way; empty: none. */
  void running(String run) {
    running = run;
  }

  /** Once the engine has ended: finishes a run that was being committed, or removes it. */
  void cleanUp(Lake lake) throws IOException {
    if (running.isEmpty()) {
      return;
    }

    UnfinishedRuns.finish(lake, job.pipeline(), err);
    try {
      lake.resume(running).close();
    } catch (IllegalStateException ended) {
      // Nothing is left of it.
    }
  }

  @Override
  public void close() {
    HERE.remove(job.id());
  }
}
