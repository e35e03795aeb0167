package org.anabranch.launcher;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.anabranch.lake.CompactTables;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.Progress;
import org.anabranch.lake.RunCommit;
import org.anabranch.lake.RunRules;
import org.anabranch.lake.SchemaChangeException;
import org.anabranch.lake.TooManyDeadLettersException;
import org.anabranch.launcher.ProgressLine.Amount;
import org.anabranch.pipelines.Target;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.jspecify.annotations.Nullable;

/**
 * One slice of the input: runs the pipeline beside the tables of the warehouse and commits what it
 * wrote, together with how far the job has come. A run that fails commits nothing; one that dies
 * while it commits is finished by the next.
 */
final class SliceRun {

  /** Times the computed tables are computed again because others wrote at the same time. */
  private static final int MAX_ROUNDS = 20;

  /** Versions after which a run looks after the tables. */
  private static final int VERSIONS_BETWEEN_UPKEEP = 20;

  private final RunCall call;
  private final CallContext context;
  private final Lake lake;
  private final RunnerSession session;
  private final Feed feed;
  private final Slice slice;
  private final long startNanos = System.nanoTime();
  private long commitNanos;
  private int published;

  /** How often a table was merged again because others wrote to it, in all rounds. */
  private final Map<String, Long> mergedAgain = new TreeMap<>();

  SliceRun(
      RunCall call, CallContext context, Lake lake, RunnerSession session, Feed feed, Slice slice) {
    this.call = call;
    this.context = context;
    this.lake = lake;
    this.session = session;
    this.feed = feed;
    this.slice = slice;
  }

  /**
   * Runs to the end.
   *
   * @return what happened
   * @throws RunFailedException where the run ended otherwise than well
   */
  Summary run() throws IOException {
    RunRules rules = new RunRules(schemaChanges(), call.target().maxDeadLetters());
    for (int round = 1; round <= MAX_ROUNDS; round++) {
      try (LakeRun run = lake.startRun(buckets(), rules)) {
        run.setProgress(progress(Map.of()));
        runPipeline(run);
        long start = System.nanoTime();
        Summary summary = commit(run, RunReport.read(run.staging()));
        commitNanos += System.nanoTime() - start;
        if (summary != null) {
          return summary;
        }
      } catch (SchemaChangeException e) {
        if (!isIgnored(e, rules.schemaChanges())) {
          throw new RunFailedException(refusal(e), e);
        }
      } catch (TooManyDeadLettersException e) {
        throw new RunFailedException(refusal(e), e);
      }

      context.err().println("others wrote to the warehouse meanwhile: computing again");
    }

    throw new RunFailedException(
        "others wrote to "
            + call.target().warehouse()
            + " all the time; run it again when they have ended");
  }

  /** Others made or changed tables whose schemas stay: the next round leaves these as they are. */
  private static boolean isIgnored(SchemaChangeException refused, SchemaChanges rules) {
    return refused.changes().stream().allMatch(change -> rules.of(change.table()) == Policy.IGNORE);
  }

  /** Tables that are ours follow the program, whatever is said of all tables. */
  private SchemaChanges schemaChanges() {
    Set<String> ours = new TreeSet<>(call.plan().computed());
    ours.add(TargetOptions.DEAD_LETTERS);
    return call.target().schemaChanges().sparing(ours);
  }

  /** What would change, what became of the run, and what to do about it. */
  private String refusal(SchemaChangeException refused) {
    String evolving =
        refused.changes().stream()
            .map(change -> change.table() + ":evolve")
            .distinct()
            .collect(Collectors.joining(","));
    return "%s; %s. Write --%s=%s to let that happen, or ignore for evolve to keep the schema"
        .formatted(
            refused.getMessage(),
            published == 0
                ? "nothing was committed"
                : published + " other tables were committed before, for this one has just changed",
            TargetOptions.SCHEMA_CHANGES.name(),
            evolving);
  }

  private String refusal(TooManyDeadLettersException refused) {
    return ("%d records could not be processed, more than --max-dead-letters=%d: only the table %s"
            + " was published; look at it with: anabranch show %s --warehouse=%s")
        .formatted(
            refused.dead(),
            refused.allowed(),
            TargetOptions.DEAD_LETTERS,
            TargetOptions.DEAD_LETTERS,
            call.target().warehouse());
  }

  /** Time that commits have taken. */
  double commitSeconds() {
    return commitNanos / 1e9;
  }

  double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private int buckets() {
    return call.plan().tables().bucketsFor(slice.bytes());
  }

  private void runPipeline(LakeRun run) {
    Amount amount = new Amount(slice.size(), slice.unit(), Slice.since(feed::read));
    try (ProgressLine progress = new ProgressLine(context.err(), context.screen(), amount)) {
      if (call.run().mode() == Mode.BATCH) {
        progress.start(
            "%s on %s: reading %s"
                .formatted(call.pipeline().label(), call.run().runner(), slice.text()));
      } else {
        progress.start();
      }

      PipelineResult.State state = build(run).run().waitUntilFinish();
      if (state != PipelineResult.State.DONE) {
        throw new RunFailedException(
            "the runner ended the pipeline as " + state + "; nothing was committed");
      }
    }
  }

  private Pipeline build(LakeRun run) {
    session.join(call.beam());
    Pipeline pipeline = Pipeline.create(call.beam());
    try {
      call.plan()
          .build(pipeline, slice.source(), Target.of(run.scope(), call.target().schemaChanges()));
      return pipeline;
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    }
  }

  /** Commits; null where the computed tables are not true yet. */
  private @Nullable Summary commit(LakeRun run, RunReport report) throws IOException {
    Summary summary = new Summary(report);
    refuseConflicts(report);
    run.setProgress(progress(places(report)));
    RunCommit commits =
        new RunCommit(
            run,
            report,
            call.plan().computed(),
            table -> {
              published++;
              summary.published(table, seconds());
            });
    boolean isDone = commits.commitAll();
    for (TableReport table : report.tables()) {
      if (!call.plan().computed().contains(table.table())) {
        mergedAgain.merge(table.table(), run.conflicts(table.table()), Long::sum);
      }
    }

    if (!isDone) {
      return null;
    }

    lookAfter();
    mergedAgain.forEach(summary::mergedAgain);
    Set<String> unknown = new TreeSet<>(call.target().schemaChanges().tables().keySet());
    if (!unknown.isEmpty()) {
      lake.tables().forEach(table -> unknown.remove(table.table()));
      unknown.forEach(summary::noSuchTable);
    }

    return summary;
  }

  /** How far the sources are in. */
  private static Map<String, Long> places(RunReport report) {
    Map<String, Long> places = new TreeMap<>();
    report
        .tables()
        .forEach(
            table -> table.progress().forEach((what, at) -> places.merge(what, at, Math::max)));
    return places;
  }

  private Progress progress(Map<String, Long> places) {
    return new Progress(places, slice.read(), call.run().mode().label() + " of " + slice.text());
  }

  /** Now and then, compacts tables, expires old versions and removes files nobody needs. */
  private void lookAfter() throws IOException {
    boolean isDue =
        lake.tables().stream().anyMatch(table -> table.version() % VERSIONS_BETWEEN_UPKEEP == 0);
    if (isDue) {
      CompactTables.run(lake, call.target().tombstoneRetention());
      lake.compact(CompactCommand.settings(call.target().keepVersions()));
    }
  }

  /** Two sources that change one row, such as tables of one name in two schemas. */
  private static void refuseConflicts(RunReport report) {
    for (TableReport table : report.tables()) {
      long conflicts = table.count(TableReport.CONFLICTS);
      if (conflicts > 0) {
        throw new RunFailedException(
            ("%d keys of table '%s' were changed by two sources (servers, databases or schemas),"
                    + " whose changes have no common order; nothing was published. Give the files of"
                    + " one source, or each to a warehouse of its own")
                .formatted(conflicts, table.table()));
      }
    }
  }
}
