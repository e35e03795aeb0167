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
import org.anabranch.launcher.LagMeter.Lag;
import org.anabranch.transforms.customer.LateInteractions;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

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
              "rows_written", TableReport.WRITTEN,
              "rows_inserted", TableReport.INSERTED,
              "rows_updated", TableReport.UPDATED,
              "rows_removed", TableReport.REMOVED));

  private final String job;
  private RunReport total = RunReport.EMPTY;
  private final Map<String, Long> rowsNow = new TreeMap<>();
  private final Set<String> stored = new TreeSet<>();
  private long batches;
  private long conflicts;
  private double batchSeconds;
  private double commitSeconds;
  private long late;
  private final long startMillis = Instant.now().toEpochMilli();
  private long lastCommitMillis;

  JobMetrics(String job) {
    this.job = job;
  }

  /** Counts a batch that is committed. */
  synchronized void count(Summary summary, double seconds, double secondsOfCommit) {
    RunReport counts = summary.counts();
    total = total.join(counts);
    stored.addAll(summary.stored());
    rowsNow.putAll(summary.rowsNow());
    batches++;
    conflicts += summary.conflicts();
    batchSeconds += seconds;
    commitSeconds += secondsOfCommit;
    lastCommitMillis = Instant.now().toEpochMilli();
    TableReport tooLate = counts.table(LateInteractions.TABLE);
    late = tooLate == null ? late : tooLate.count(TableReport.WRITTEN);
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
    all.rowsNow(rowsNow);
    all.print(out, took.toMillis() / 1e3);
    long number = batches();
    out.println(number + (number == 1 ? " batch" : " batches") + "; tables are in " + warehouse);
    all.requireMerged();
  }

  /**
   * The present values, a line each.
   *
   * @param lag as it is now; null where it is not known, and left out
   */
  synchronized String text(@Nullable Lag lag) {
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
    if (lag != null) {
      one(
          text,
          "lag_records",
          "gauge",
          "records that are not committed yet",
          (double) lag.records());
    }

    if (lag != null && lag.seconds() >= 0) {
      String help = "since the log got the oldest record that is not committed yet";
      one(text, "lag_seconds", "gauge", help, lag.seconds());
    }

    long now = Instant.now().toEpochMilli();
    if (lastCommitMillis > 0) {
      one(text, "last_commit_timestamp_seconds", "gauge", "time", lastCommitMillis / 1e3);
    }

    one(
        text,
        "seconds_since_last_commit",
        "gauge",
        "or since the job was started, where it has not committed",
        Math.max(0, now - Math.max(lastCommitMillis, startMillis)) / 1e3);
    return text.toString();
  }

  private double bytes() {
    return total.tables().stream().mapToLong(table -> table.count(TableReport.BYTES)).sum();
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
