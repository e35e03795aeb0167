package org.anabranch.lake;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.anabranch.lake.RunOutcome.Complete;
import org.anabranch.lake.RunOutcome.Effects;
import org.anabranch.lake.RunOutcome.Overtaken;
import org.anabranch.lake.RunOutcome.SchemasRefused;
import org.anabranch.lake.RunOutcome.TablesRefused;
import org.anabranch.lake.RunOutcome.TooManyDead;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits all tables of a run that has left its report, with how far its sources are in. May be
 * called again, also by another process, and after it died in between: each table takes a run once.
 */
final class CommitRun {

  private static final Logger LOG = LoggerFactory.getLogger(CommitRun.class);

  private final Lake lake;
  private final LakeRun run;
  private final RunReport report;
  private final Clock clock = Clock.systemUTC();

  /**
   * @param report that is in the directory of the run
   */
  CommitRun(Lake lake, LakeRun run, RunReport report) {
    this.lake = lake;
    this.run = run;
    this.report = report;
  }

  /**
   * Commits.
   *
   * @throws IOException where it cannot be done, or not be known whether it is
   */
  RunOutcome commit() throws IOException {
    LOG.debug("run {} is committed", run.id());
    Instant start = clock.instant();
    Progress slice = run.progress();
    run.setProgress(new Progress(places(), slice.read(), slice.text()));
    RunPipeline pipeline = Objects.requireNonNullElse(run.pipeline(), RunPipeline.NONE);
    Set<String> computed = pipeline.computed().keySet();
    Map<String, Instant> published = new TreeMap<>();
    RunCommit commits =
        new RunCommit(run, report, computed, table -> published.put(table, clock.instant()));
    Outcome made;
    try {
      made = commits.commitAll() ? Complete::new : Overtaken::new;
    } catch (TablesRefusedException e) {
      made = effects -> new TablesRefused(effects, e.refusals());
    } catch (SchemaChangeException e) {
      made = effects -> new SchemasRefused(effects, e.changes());
    } catch (TooManyDeadLettersException e) {
      made = effects -> new TooManyDead(effects, e.dead(), e.allowed());
    }

    Map<String, Long> mergedAgain = new TreeMap<>();
    for (TableReport table : report.tables()) {
      long conflicts = run.conflicts(table.table());
      if (conflicts > 0 && !computed.contains(table.table())) {
        mergedAgain.put(table.table(), conflicts);
      }
    }

    List<TableCommitted> changed = changed();
    LOG.info("run {} has committed {} tables", run.id(), changed.size());
    List<TableCommitted> open =
        pipeline.redelivers() ? new Redelivery(pipeline.name()).open(lake) : List.of();
    return made.of(
        new Effects(
            changed, open, published, mergedAgain, Duration.between(start, clock.instant())));
  }

  /** Makes the outcome of its effects. */
  @FunctionalInterface
  private interface Outcome {
    RunOutcome of(Effects effects);
  }

  /** How far the sources are in. */
  private Map<String, Long> places() {
    Map<String, Long> places = new TreeMap<>();
    report
        .tables()
        .forEach(
            table -> table.progress().forEach((what, at) -> places.merge(what, at, Math::max)));
    return places;
  }

  private List<TableCommitted> changed() throws IOException {
    List<TableCommitted> commits = new ArrayList<>();
    for (TableReport table : report.tables()) {
      String name = table.table();
      TableOperations loaded = name.isEmpty() ? null : lake.catalog().load(name);
      Snapshot snapshot = loaded == null ? null : snapshot(loaded.current());
      if (loaded != null && snapshot != null) {
        commits.add(TableCommitted.of(name, loaded, snapshot));
      }
    }

    return commits;
  }

  /** The newest snapshot of a table that the run has made; null where it has changed nothing. */
  private @Nullable Snapshot snapshot(@Nullable TableMetadata now) {
    Snapshot current = now == null ? null : now.currentSnapshot();
    if (now == null || current == null) {
      return null;
    }

    for (Snapshot snapshot : SnapshotUtil.ancestorsOf(current.snapshotId(), now::snapshot)) {
      String token =
          Objects.requireNonNullElse(snapshot.summary(), Map.<String, String>of())
              .getOrDefault(States.TOKEN, "");
      if (RunId.isToken(run.id(), token)) {
        return snapshot;
      }
    }

    return null;
  }
}
