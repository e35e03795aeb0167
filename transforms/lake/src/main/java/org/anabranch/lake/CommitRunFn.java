package org.anabranch.lake;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.report.RunCounters;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.WriteReport;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.jspecify.annotations.Nullable;

/**
 * Commits a run from its joined report, on whatever worker this is, and marks it with what became
 * of it. May be called again, at the same time too, also with other files of the same run: each
 * table takes the run once, the first mark stands, and all calls give the same commits of the run.
 * The run itself belongs to the process that has started it, which ends it.
 */
final class CommitRunFn extends DoFn<RunReport, TableCommitted> {

  private static final long serialVersionUID = 1;

  /** Versions after which the tables are looked after. */
  private static final int VERSIONS_BETWEEN_UPKEEP = 20;

  private final LakeConfig config;
  private final PerRun<String> directories;
  private final @Nullable UpsertConfig upsert;

  private CommitRunFn(
      LakeConfig config, PerRun<String> directories, @Nullable UpsertConfig upsert) {
    this.config = config;
    this.directories = directories;
    this.upsert = upsert;
  }

  /** Commits the runs of a process that looks after the tables itself and hears of refusals. */
  static CommitRunFn ofRuns(LakeConfig config, PerRun<String> directories) {
    return new CommitRunFn(config, directories, null);
  }

  /** Commits the one run of an upsert, which fails where something is refused. */
  static CommitRunFn ofUpsert(UpsertConfig upsert, String directory) {
    return new CommitRunFn(upsert.lake(), PerRun.always(directory), upsert);
  }

  @ProcessElement
  public void process(
      @Element RunReport report, BoundedWindow window, OutputReceiver<TableCommitted> out)
      throws IOException {
    commits(report, window).forEach(out::output);
  }

  /** What comes out, of whichever evaluation. */
  Set<TableCommitted> commits(RunReport report, BoundedWindow window) throws IOException {
    String location = directories.of(window);
    if (location == null) {
      return Set.of();
    }

    String run = Storage.fileName(location);
    try (Lake lake = Lake.at(config)) {
      RunDirectory directory = RunDirectory.join(lake.config(), run);
      if (directory == null) {
        drop(run, window, lake);
        return Set.of();
      }

      RunOutcome outcome;
      boolean isFirst;
      try (directory) {
        RunOutcome marked = CommitMark.readIfThere(directory.files());
        isFirst = marked == null;
        outcome = marked == null ? commit(lake, run, directory, report) : marked;
      }

      if (upsert != null) {
        outcome.requireNoRefusal();
        if (isFirst) {
          lookAfter(upsert, lake, outcome.effects().commits());
        }
      }

      Set<TableCommitted> commits = new LinkedHashSet<>(outcome.effects().open());
      commits.addAll(outcome.effects().commits());
      return commits;
    }
  }

  private static void drop(String run, BoundedWindow window, Lake lake) {
    if (window == GlobalWindow.INSTANCE) {
      RunDirectory.requireAlive(RunDirectory.of(lake.config(), run));
    }

    RunCounters.countDropped();
  }

  private static RunOutcome commit(Lake lake, String run, RunDirectory directory, RunReport report)
      throws IOException {
    WriteReport.leave(directory.location(), report);
    // Not closed: it would end, and that is not for a guest to do.
    LakeRun guest = new LakeRun(lake, run, directory, RunBase.read(directory.files()));
    RunOutcome outcome = new CommitRun(lake, guest, report).commit();
    CommitMark.write(directory.files(), outcome);
    RunCounters.count(report);
    return outcome;
  }

  /** Now and then, compacts tables, expires old versions and removes files nobody needs. */
  static void lookAfter(UpsertConfig config, Lake lake, List<TableCommitted> commits)
      throws IOException {
    boolean isDue =
        commits.stream().anyMatch(commit -> commit.version() % VERSIONS_BETWEEN_UPKEEP == 0);
    if (isDue) {
      CompactTables.run(lake, config.tombstoneRetention());
      CompactArchive.run(lake);
      lake.compact(new UpkeepSettings(config.keepVersions(), UpkeepSettings.DEFAULT.olderThan()));
    }
  }
}
