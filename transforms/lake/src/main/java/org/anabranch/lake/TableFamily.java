package org.anabranch.lake;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.anabranch.lake.CommitResult.Conflict;
import org.anabranch.transforms.merge.MergeAgain;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.RewriteRule;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A table and its history, committed one after the other: the history first, for what later runs
 * know of a row is committed with the table. Where others got in between, what they changed is
 * merged again and both are tried once more. Attempts are bounded.
 */
final class TableFamily {

  private static final Logger LOG = LoggerFactory.getLogger(TableFamily.class);
  private static final int MAX_ATTEMPTS = 50;
  private static final int MAX_PAUSE_MILLIS = 200;

  private final LakeRun run;
  private final String table;
  private final @Nullable String history;

  private TableFamily(LakeRun run, String table, @Nullable String history) {
    this.run = run;
    this.table = table;
    this.history = history;
  }

  /** The table that a report names, with its history where the report has one. */
  static TableFamily of(LakeRun run, RunReport report, String table) {
    String history = table + MergeConfig.HISTORY_SUFFIX;
    boolean hasHistory = MergeBuckets.isHistory(report.schema(history));
    return new TableFamily(run, table, hasHistory ? history : null);
  }

  /** Whether a table of a report is the history of another one. */
  static boolean isHistory(RunReport report, String name) {
    return name.endsWith(MergeConfig.HISTORY_SUFFIX) && MergeBuckets.isHistory(report.schema(name));
  }

  /**
   * Commits both.
   *
   * @throws IOException also where others changed the table between all attempts
   */
  void commit(RunReport report) throws IOException {
    TableStore then = run.store();
    Set<Integer> changed = new TreeSet<>();
    RunReport ours = report;
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      if (isCommitted(ours, attempt)) {
        return;
      }

      if (isRekeyed(report)) {
        throw new IOException(
            "others have changed table '%s' while it got another key; run it again"
                .formatted(table));
      }

      changed.addAll(changed(table));
      if (history != null) {
        changed.addAll(changed(history));
      }

      LOG.info(
          "run {}: others have changed buckets {} of table {}, which are merged again, attempt {}",
          run.id(),
          changed,
          table,
          attempt);
      // Always from what the pipeline wrote: an attempt whose history is in and whose table is not
      // has written histories from what was known then, and these are to be written anew.
      ours = mergeAgain(then, report, changed);
      pause(attempt);
    }

    throw new IOException(
        "others have changed table '%s' between %d attempts to commit"
            .formatted(table, MAX_ATTEMPTS));
  }

  /** Whether the run gives the table another key: then all of it is as the run found it. */
  private boolean isRekeyed(RunReport report) {
    TableReport ofTable = report.table(table);
    return ofTable != null
        && ofTable.files().stream()
            .anyMatch(file -> !FileContent.fromJson(file.content()).newKey().isEmpty());
  }

  private boolean isCommitted(RunReport ours, int attempt) throws IOException {
    TableReport ofHistory = history == null ? null : ours.table(history);
    if (ofHistory != null) {
      CommitResult result = attempt == 1 ? run.commit(ofHistory) : run.commitAgain(ofHistory);
      if (result instanceof Conflict) {
        return false;
      }
    }

    TableReport ofTable = ours.table(table);
    return ofTable == null || !(run.commit(ofTable) instanceof Conflict);
  }

  private RunReport mergeAgain(TableStore then, RunReport report, Set<Integer> changed)
      throws IOException {
    Set<String> histories = history == null ? Set.of() : Set.of(table);
    MergeConfig config =
        new MergeConfig(
            run.store(),
            histories,
            List.of(),
            RewriteRule.BY_COST,
            run.rules().sources(),
            Map.of());
    return MergeAgain.of(config, then, report, table, run.buckets(table), changed);
  }

  private Set<Integer> changed(String name) throws IOException {
    Conflict conflict = run.refresh(name);
    Set<Integer> buckets = new TreeSet<>(conflict.buckets());
    if (conflict.all()) {
      buckets.add(TableStore.MOVED);
      IntStream.range(0, run.buckets(name)).forEach(buckets::add);
    }

    return buckets;
  }

  private static void pause(int attempt) throws IOException {
    try {
      int most = Math.min(MAX_PAUSE_MILLIS, 10 * attempt);
      TimeUnit.MILLISECONDS.sleep(1 + ThreadLocalRandom.current().nextInt(most));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while committing", e);
    }
  }
}
