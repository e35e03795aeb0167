package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.anabranch.lake.CommitResult.Conflict;
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
public final class RunCommit {

  private final LakeRun run;
  private final RunReport report;
  private final Set<String> computed;
  private final Consumer<String> done;

  /**
   * @param computed tables that are computed from all rows of the others
   * @param done hears of each table when it is there
   */
  public RunCommit(LakeRun run, RunReport report, Set<String> computed, Consumer<String> done) {
    this.run = run;
    this.report = report;
    this.computed = computed;
    this.done = done;
  }

  /**
   * Commits all tables.
   *
   * @return whether the computed tables are true; if not, others have changed what they were
   *     computed from, and the run has to be repeated for them
   * @throws TooManyDeadLettersException where more records are dead than the run may have; only
   *     these were committed, and the input counts as unread
   * @throws SchemaChangeException where a table must stay as it is, and would not; nothing was
   *     committed, unless the table became what it is meanwhile
   */
  public boolean commitAll() throws IOException {
    long dead = report.tables().stream().mapToLong(table -> table.count(TableReport.DEAD)).sum();
    if (dead > run.rules().maxDeadLetters()) {
      commitMerged(DeadLetters.TABLE);
      throw new TooManyDeadLettersException(dead, run.rules().maxDeadLetters());
    }

    run.checkSchemas(report);
    List<String> merged = mergedTables();
    if (!merged.isEmpty()) {
      run.setLastTable(merged.get(merged.size() - 1));
    }

    TableReport archived = report.table(RecordArchive.TABLE);
    if (archived != null) {
      // First: whatever is in a table is in the archive.
      run.commitArchive(archived);
      done.accept(RecordArchive.TABLE);
    }

    for (String table : merged) {
      commitMerged(table);
    }

    boolean isOvertaken = false;
    for (String table : merged) {
      isOvertaken |= run.conflicts(table) > 0 || run.isOvertaken(table);
    }

    if (computed.isEmpty()) {
      return true;
    }

    for (TableReport table : report.tables()) {
      if (computed.contains(table.table())) {
        isOvertaken |= isOvertaken || run.commit(table) instanceof Conflict;
        done.accept(table.table());
      }
    }

    return !isOvertaken;
  }

  private void commitMerged(String table) throws IOException {
    TableFamily.of(run, report, table).commit(report);
    done.accept(table);
  }

  private List<String> mergedTables() {
    List<String> tables = new ArrayList<>();
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
