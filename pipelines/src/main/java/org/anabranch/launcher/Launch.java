package org.anabranch.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.anabranch.files.ReadProgress;
import org.anabranch.lake.CompactTables;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.Progress;
import org.anabranch.lake.RunCommit;
import org.anabranch.lake.SchemaChangeException;
import org.anabranch.pipelines.Target;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/**
 * One run: runs the pipeline beside the tables of the warehouse, commits what it wrote and says
 * what happened. A run that fails commits nothing; one that dies while it commits is finished by
 * the next.
 */
final class Launch {

  /** Times the computed tables are computed again because others wrote at the same time. */
  private static final int MAX_ROUNDS = 20;

  /** Versions after which a run looks after the tables. */
  private static final int VERSIONS_BETWEEN_UPKEEP = 20;

  private final RunCall call;
  private final CallContext context;
  private final long startNanos = System.nanoTime();
  private int published;

  Launch(RunCall call, CallContext context) {
    this.call = call;
    this.context = context;
  }

  /**
   * Runs to the end.
   *
   * @throws RunFailedException where the warehouse cannot be written, or the run ended otherwise
   *     than well
   */
  void run() {
    Path warehouse = call.target().warehouse();
    try (Lake lake = Lake.at(call.target().lake())) {
      UnfinishedRuns.finish(lake, context.err());
      boolean isDone = false;
      for (int round = 1; !isDone; round++) {
        if (round > MAX_ROUNDS) {
          throw new RunFailedException(
              "others wrote to " + warehouse + " all the time; run it again when they have ended");
        }

        try (LakeRun run = lake.startRun(buckets(), schemaChanges())) {
          runPipeline(run);
          isDone = commit(lake, run, RunReport.read(run.staging()));
        }
      }
    } catch (SchemaChangeException e) {
      throw new RunFailedException(refusal(e), e);
    } catch (IOException e) {
      throw new RunFailedException(
          "cannot write the warehouse " + warehouse + ": " + Reasons.of(e), e);
    }
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

  private int buckets() {
    return call.plan().tables().bucketsFor(call.input().bytes());
  }

  private void runPipeline(LakeRun run) {
    Input input = call.input();
    try (ProgressLine progress =
        new ProgressLine(context.err(), context.screen(), input.bytes(), ReadProgress::bytesRead)) {
      progress.start(
          "%s on %s: reading %s"
              .formatted(
                  call.pipeline().label(),
                  call.run().runner(),
                  Input.describe(input.files(), input.bytes())));
      PipelineResult.State state = build(run).run().waitUntilFinish();
      if (state != PipelineResult.State.DONE) {
        throw new RunFailedException(
            "the runner ended the pipeline as " + state + "; nothing was committed");
      }
    }
  }

  private Pipeline build(LakeRun run) {
    Pipeline pipeline = Pipeline.create(call.beam());
    try {
      Target target =
          new Target(
              run.store(), buckets(), run.staging().toString(), call.target().schemaChanges());
      call.plan().steps().accept(pipeline, target);
      return pipeline;
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    }
  }

  /** Commits; tells whether all tables are true now. */
  private boolean commit(Lake lake, LakeRun run, RunReport report) throws IOException {
    Summary summary = new Summary(report);
    long dead = report.tables().stream().mapToLong(table -> table.count(TableReport.DEAD)).sum();
    refuseConflicts(report);
    run.setProgress(progress(report));
    RunCommit commits =
        new RunCommit(
            run,
            report,
            call.plan().computed(),
            table -> {
              published++;
              summary.published(table, seconds());
            });
    if (dead > call.target().maxDeadLetters()) {
      commits.commitDeadLetters();
      throw new RunFailedException(
          ("%d records could not be processed, more than --max-dead-letters=%d: only the table %s"
                  + " was published; look at it with: anabranch show %s --warehouse=%s")
              .formatted(
                  dead,
                  call.target().maxDeadLetters(),
                  TargetOptions.DEAD_LETTERS,
                  TargetOptions.DEAD_LETTERS,
                  call.target().warehouse()));
    }

    if (!commits.commitAll()) {
      context.err().println("others wrote to the warehouse meanwhile: computing again");
      return false;
    }

    lookAfter(lake);
    for (TableReport table : report.tables()) {
      summary.mergedAgain(table.table(), run.conflicts(table.table()));
    }

    Set<String> unknown = new TreeSet<>(call.target().schemaChanges().tables().keySet());
    if (!unknown.isEmpty()) {
      lake.tables().forEach(table -> unknown.remove(table.table()));
      unknown.forEach(summary::noSuchTable);
    }

    summary.print(context.out(), seconds());
    context.out().println("tables are in " + call.target().warehouse());
    return true;
  }

  private Progress progress(RunReport report) {
    Map<String, Long> places = new TreeMap<>();
    report
        .tables()
        .forEach(
            table -> table.progress().forEach((what, at) -> places.merge(what, at, Math::max)));
    Input input = call.input();
    return new Progress(
        places, call.run().mode() + " of " + Input.describe(input.files(), input.bytes()));
  }

  /** Now and then, compacts tables, expires old versions and removes files nobody needs. */
  private void lookAfter(Lake lake) throws IOException {
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

  private double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
