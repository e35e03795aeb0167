package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.anabranch.lake.CommitResult.Conflict;
import org.anabranch.model.Internal;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;

/**
 * Commits the tables of a run in a fixed order: the archive, dead letters, then the tables by name,
 * each behind its history, then the computed ones. A run that dies in between can be taken over.
 * How far the input was read is told by the last of the tables that are not computed: a run that
 * fails before leaves its input to be read again.
 */
@Internal
public final class RunCommit {

  private final LakeRun run;
  private final RunReport report;
  private final Set<String> computed;
  private final Consumer<String> done;
  private final boolean leavesComputed;

  /**
   * @param computed tables that are computed from all rows of the others
   * @param done hears of each table when it is there
   */
  public RunCommit(LakeRun run, RunReport report, Set<String> computed, Consumer<String> done) {
    this(run, report, computed, done, false);
  }

  private RunCommit(
      LakeRun run,
      RunReport report,
      Set<String> computed,
      Consumer<String> done,
      boolean leavesComputed) {
    this.run = run;
    this.report = report;
    this.computed = computed;
    this.done = done;
    this.leavesComputed = leavesComputed;
  }

  /** The same without the computed tables, which their pipeline computes when it runs again. */
  public RunCommit leavingComputed() {
    return new RunCommit(run, report, computed, done, true);
  }

  /**
   * Commits all tables.
   *
   * @return whether the computed tables are true; if not, others have changed what they were
   *     computed from, and the run has to be repeated for them
   * @throws TooManyDeadLettersException where more records are dead than the run may have; only
   *     these were committed, and the input counts as unread
   * @throws TablesRefusedException where tables contradict themselves: the others were committed,
   *     but those that are computed, and the input counts as unread
   * @throws SchemaChangeException where a table must stay as it is, and would not; nothing was
   *     committed, unless the table became what it is meanwhile
   */
  public boolean commitAll() throws IOException {
    long dead = report.tables().stream().mapToLong(table -> table.count(TableReport.DEAD)).sum();
    long read = report.tables().stream().mapToLong(table -> table.count(TableReport.READ)).sum();
    read -= deadLettersThemselves(TableReport.READ);
    if (run.rules().maxDeadLetters().isExceeded(dead, read)) {
      commitMerged(DeadLetters.TABLE);
      throw new TooManyDeadLettersException(dead, run.rules().maxDeadLetters().text());
    }

    run.checkSchemas(report);
    List<String> merged = mergedTables();
    run.setMerged(merged);
    List<String> refusals = new ArrayList<>();
    merged.removeIf(table -> isRefused(table, refusals));
    if (!merged.isEmpty() && refusals.isEmpty()) {
      run.setLastTable(merged.get(merged.size() - 1));
    }

    TableReport archived = report.table(RecordArchive.TABLE);
    if (archived != null) {
      // First: whatever is in a table is in the archive.
      run.commitArchive(archived);
      done.accept(RecordArchive.TABLE);
    }

    for (String table : merged) {
      try {
        commitMerged(table);
      } catch (TablesRefusedException e) {
        refusals.addAll(e.refusals());
        run.setLastTable("");
      }
    }

    if (!refusals.isEmpty()) {
      throw new TablesRefusedException(refusals);
    }

    return leavesComputed || computed.isEmpty() || commitComputed(merged);
  }

  /** Commits the computed tables, unless others have changed what they were computed from. */
  private boolean commitComputed(List<String> merged) throws IOException {
    Map<String, Long> inputs = new TreeMap<>();
    boolean isOvertaken = false;
    for (String table : merged) {
      OptionalLong version =
          run.conflicts(table) > 0 ? OptionalLong.empty() : run.versionUnlessOvertaken(table);
      if (version.isPresent() && !table.equals(DeadLetters.TABLE)) {
        inputs.put(table, version.getAsLong());
      }

      isOvertaken |= version.isEmpty();
    }

    for (TableReport table : report.tables()) {
      if (computed.contains(table.table())) {
        isOvertaken |= isOvertaken || run.commitComputed(table, inputs) instanceof Conflict;
        done.accept(table.table());
      }
    }

    return !isOvertaken;
  }

  /** What the table of dead letters counts as records of its own, which others count too. */
  private long deadLettersThemselves(String what) {
    TableReport deadLetters = report.table(DeadLetters.TABLE);
    return deadLetters == null ? 0 : deadLetters.count(what);
  }

  /** Whether a table contradicts itself; adds the reasons. */
  private boolean isRefused(String name, List<String> refusals) {
    TableReport table = report.table(name);
    if (table == null) {
      return false;
    }

    long conflicts = table.count(TableReport.CONFLICTS);
    if (table.refusals().isEmpty() && conflicts > 0) {
      refusals.add(
          ("table '%s' is refused: %d of its keys were changed by two sources (servers, databases or"
                  + " schemas), whose changes have no common order; make what tells them apart a"
                  + " part of the key with --route='/REGEX/=NAME[+COLUMN=VALUE]', or say that they"
                  + " are one with --same-source=OLD=NEW")
              .formatted(name, conflicts));
      return true;
    }

    refusals.addAll(table.refusals());
    return !table.refusals().isEmpty();
  }

  private void commitMerged(String table) throws IOException {
    TableFamily.of(run, report, table).commit(report);
    done.accept(table);
  }

  private List<String> mergedTables() {
    RunPipeline known = run.pipeline();
    List<String> tables = new ArrayList<>();
    if (known != null && !known.merged().isEmpty()) {
      // As the run itself began to commit them.
      tables.addAll(known.merged());
      return tables;
    }

    for (TableReport table : report.tables()) {
      String name = table.table();
      boolean isMerged =
          !computed.contains(name)
              && !name.equals(RecordArchive.TABLE)
              && !TableFamily.isHistory(report, name);
      boolean isTable = table.published() || !table.files().isEmpty();
      if (isMerged && isTable) {
        tables.add(name);
      }
    }

    tables.sort(
        Comparator.comparing((String name) -> !name.equals(DeadLetters.TABLE))
            .thenComparing(Comparator.naturalOrder()));
    return tables;
  }
}
