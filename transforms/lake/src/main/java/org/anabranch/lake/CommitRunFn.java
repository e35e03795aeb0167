package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.report.WriteReport;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits a run from its joined report, on whatever worker this is. May be called again, at the
 * same time too, also with other files of the same run: each table takes the run once, and all
 * calls give the same commits. The run itself belongs to the process that has built the pipeline.
 */
final class CommitRunFn extends DoFn<RunReport, TableCommitted> {

  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(CommitRunFn.class);

  /** Versions after which the tables are looked after. */
  private static final int VERSIONS_BETWEEN_UPKEEP = 20;

  private final UpsertConfig config;
  private final String run;

  CommitRunFn(UpsertConfig config, String run) {
    this.config = config;
    this.run = run;
  }

  @ProcessElement
  public void process(@Element RunReport report, OutputReceiver<TableCommitted> out)
      throws IOException {
    try (Lake lake = Lake.at(config.lake())) {
      RunDirectory directory = RunDirectory.join(lake.config(), run);
      if (directory == null) {
        throw new IllegalStateException(
            ("run %s into %s has ended, so that it can no longer be committed: the program that built"
                    + " the pipeline must live until it is done, and a pipeline runs once; build"
                    + " and run it again")
                .formatted(run, lake.config().warehouse()));
      }

      List<TableCommitted> commits;
      boolean isFirst;
      try (directory) {
        isFirst = !CommitMark.isIn(directory.files());
        commits = isFirst ? commit(lake, directory, report) : CommitMark.read(directory.files());
      }

      if (isFirst) {
        lookAfter(config, lake, commits);
      }

      commits.forEach(out::output);
    }
  }

  private List<TableCommitted> commit(Lake lake, RunDirectory directory, RunReport report)
      throws IOException {
    WriteReport.leave(directory.location(), report);
    // Not closed: it would end, and that is not for a guest to do.
    LakeRun guest = new LakeRun(lake, run, directory, RunBase.read(directory.files()));
    List<TableCommitted> commits = commitAll(lake, guest);
    CommitMark.write(directory.files(), commits);
    return commits;
  }

  /** Commits all tables of the report that a run has left. */
  static List<TableCommitted> commitAll(Lake lake, LakeRun run) throws IOException {
    LOG.debug("run {} is committed", run.id());
    RunReport report = run.report();
    new RunCommit(run, report, Set.of(), table -> {}).commitAll();
    List<TableCommitted> commits = new ArrayList<>();
    for (TableReport table : report.tables()) {
      Snapshot snapshot = snapshot(lake, run.id(), table.table());
      if (snapshot != null) {
        commits.add(TableCommitted.of(table.table(), snapshot));
      }
    }

    LOG.info("run {} has committed {} tables", run.id(), commits.size());
    return commits;
  }

  /** The newest snapshot that a run has made; null where it has changed nothing. */
  private static @Nullable Snapshot snapshot(Lake lake, String run, String table) {
    TableOperations loaded = table.isEmpty() ? null : lake.catalog().load(table);
    TableMetadata now = loaded == null ? null : loaded.current();
    Snapshot current = now == null ? null : now.currentSnapshot();
    if (now == null || current == null) {
      return null;
    }

    for (Snapshot snapshot : SnapshotUtil.ancestorsOf(current.snapshotId(), now::snapshot)) {
      String token =
          Objects.requireNonNullElse(snapshot.summary(), Map.<String, String>of())
              .getOrDefault(States.TOKEN, "");
      if (RunId.isToken(run, token)) {
        return snapshot;
      }
    }

    return null;
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
