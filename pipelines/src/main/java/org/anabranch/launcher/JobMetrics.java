package org.anabranch.launcher;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anabranch.transforms.customer.LateInteractions;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;

/**
 * What a job has done since it was started, for a monitoring system. Counts are those of committed
 * batches, which are exact where the metrics of an engine count repeated bundles again.
 * Thread-safe.
 *
 * <p>The text is the exposition format of Prometheus, version 0.0.4 [1].
 *
 * <p>[1] Prometheus, Exposition formats,
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
final class JobMetrics {

  /** Counts of tables by the name of their metric. */
  private static final Map<String, String> TABLE_COUNTS =
      new TreeMap<>(
          Map.of(
              "records_read", TableReport.READ,
              "records_merged", TableReport.MERGED,
              "records_deleted", TableReport.DELETED,
              "records_ignored", TableReport.IGNORED,
              "records_dead", TableReport.DEAD,
              "records_duplicate", TableReport.DUPLICATES,
              "rows_written", TableReport.WRITTEN));

  private final String job;
  private RunReport total = RunReport.EMPTY;
  private final Set<String> stored = new TreeSet<>();
  private long batches;
  private long conflicts;
  private double batchSeconds;
  private double commitSeconds;
  private long late;
  private long behind;
  private long newestMicros;
  private long lastCommitMillis;

  JobMetrics(String job) {
    this.job = job;
  }

  /** Counts a batch that is committed. */
  synchronized void count(Summary summary, double seconds, double secondsOfCommit) {
    RunReport counts = summary.counts();
    total = total.join(counts);
    stored.addAll(summary.stored());
    batches++;
    conflicts += summary.conflicts();
    batchSeconds += seconds;
    commitSeconds += secondsOfCommit;
    lastCommitMillis = Instant.now().toEpochMilli();
    TableReport tooLate = counts.table(LateInteractions.TABLE);
    late = tooLate == null ? late : tooLate.count(TableReport.WRITTEN);
    for (long newest : summary.newestMicros()) {
      newestMicros = Math.max(newestMicros, newest);
    }
  }

  /** Notes how many records wait. */
  synchronized void behind(long records) {
    behind = records;
  }

  /** All counts of tables so far. */
  synchronized RunReport total() {
    return total;
  }

  synchronized long batches() {
    return batches;
  }

  /**
   * Tells at the end of a job what it has done.
   *
   * @throws RunFailedException where all of its records were dead
   */
  void print(PrintStream out, Duration took, Path warehouse) {
    Summary all = new Summary(total());
    all.stored(stored);
    all.print(out, took.toMillis() / 1e3);
    long number = batches();
    out.println(number + (number == 1 ? " batch" : " batches") + "; tables are in " + warehouse);
    all.requireMerged();
  }

  /** The present values, a line each. */
  synchronized String text() {
    StringBuilder text = new StringBuilder();
    TABLE_COUNTS.forEach(
        (name, count) -> {
          head(text, name + "_total", "counter", "since the job was started, by table");
          for (TableReport table : total.tables()) {
            line(text, name + "_total", table.table(), table.count(count));
          }
        });
    one(text, "bytes_read_total", "counter", "keys and values, or lines", bytes());
    one(text, "records_late", "gauge", "records too late for their windows", (double) late);
    one(text, "batches_total", "counter", "committed batches", (double) batches);
    one(text, "conflicts_total", "counter", "commits merged again", (double) conflicts);
    one(text, "batch_seconds_total", "counter", "time in batches", batchSeconds);
    one(text, "commit_seconds_total", "counter", "time in commits", commitSeconds);
    one(text, "lag_records", "gauge", "records that wait to be read", (double) behind);
    one(text, "lag_seconds", "gauge", "age of the newest change while records wait", lagSeconds());
    one(text, "last_commit_timestamp_seconds", "gauge", "time", lastCommitMillis / 1e3);
    return text.toString();
  }

  private double bytes() {
    return total.tables().stream().mapToLong(table -> table.count(TableReport.BYTES)).sum();
  }

  private double lagSeconds() {
    boolean waits = behind > 0 && newestMicros > 0;
    return waits ? Math.max(0, Instant.now().toEpochMilli() / 1e3 - newestMicros / 1e6) : 0;
  }

  private void one(StringBuilder text, String name, String type, String help, double value) {
    head(text, name, type, help);
    text.append("anabranch_").append(name).append("{job=\"").append(quoted(job)).append("\"} ");
    text.append(number(value)).append('\n');
  }

  private void line(StringBuilder text, String name, String table, long value) {
    text.append("anabranch_").append(name).append("{job=\"").append(quoted(job));
    text.append("\",table=\"").append(quoted(table)).append("\"} ").append(value).append('\n');
  }

  private static void head(StringBuilder text, String name, String type, String help) {
    for (String[] line : List.of(new String[] {"HELP", help}, new String[] {"TYPE", type})) {
      text.append("# ").append(line[0]).append(" anabranch_").append(name).append(' ');
      text.append(line[1]).append('\n');
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.3f", value);
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
