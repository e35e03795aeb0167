package org.anabranch.transforms.report;

import java.util.Map;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;

/**
 * Counters that the engine shows beside its steps, in its own pages too: {@code records_read},
 * {@code records_merged}, {@code records_dead} and {@code records_duplicate}, {@code bytes_read},
 * {@code rows_written}, and {@code elements_dropped}, which are elements of runs that had ended
 * before they came. An engine that repeats a step may count it again; the summary of a run does
 * not.
 */
public final class RunCounters {

  /** Namespace of all counters. */
  public static final String NAMESPACE = "anabranch";

  private static final Counter READ = counter("records_read");
  private static final Counter MERGED = counter("records_merged");
  private static final Counter DEAD = counter("records_dead");
  private static final Counter DUPLICATE = counter("records_duplicate");
  private static final Counter BYTES = counter("bytes_read");
  private static final Counter WRITTEN = counter("rows_written");
  private static final Counter DROPPED = counter("elements_dropped");

  private RunCounters() {}

  private static Counter counter(String name) {
    return Metrics.counter(NAMESPACE, name);
  }

  /** Counts what a run has read and written, each record once. */
  public static void count(RunReport report) {
    for (TableReport table : report.tables()) {
      Map<String, Long> counts = table.countsOnce();
      add(READ, counts, TableReport.READ);
      add(MERGED, counts, TableReport.MERGED);
      add(DEAD, counts, TableReport.DEAD);
      add(DUPLICATE, counts, TableReport.DUPLICATES);
      add(BYTES, counts, TableReport.BYTES);
      add(WRITTEN, counts, TableReport.WRITTEN);
    }
  }

  private static void add(Counter counter, Map<String, Long> counts, String what) {
    counter.inc(counts.getOrDefault(what, 0L));
  }

  /** Counts an element whose run has ended. */
  public static void countDropped() {
    DROPPED.inc();
  }
}
