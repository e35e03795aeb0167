package org.anabranch.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.anabranch.files.ReadProgress;
import org.anabranch.files.Warehouse;
import org.anabranch.files.Warehouse.Run;
import org.anabranch.files.Warehouse.TableCommit;
import org.anabranch.model.Schema;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/**
 * One run: takes the warehouse, runs the pipeline into its staging directory, publishes the tables
 * and says what happened. A run that fails publishes nothing.
 */
final class Launch {

  private final RunCall call;
  private final CallContext context;
  private final long startNanos = System.nanoTime();

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
    try (Run run = start(warehouse)) {
      runPipeline(run);
      publish(run, RunReport.read(run.staging()));
    } catch (IOException e) {
      throw new RunFailedException(
          "cannot write the warehouse " + warehouse + ": " + Reasons.of(e), e);
    }
  }

  private Run start(Path warehouse) throws IOException {
    try {
      return Warehouse.at(warehouse).startRun(call.target().keepVersions());
    } catch (IllegalStateException e) {
      throw new RunFailedException(Reasons.of(e), e);
    }
  }

  private void runPipeline(Run run) {
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
            "the runner ended the pipeline as " + state + "; nothing was published");
      }
    }
  }

  private Pipeline build(Run run) {
    Pipeline pipeline = Pipeline.create(call.beam());
    try {
      call.plan().steps().accept(pipeline, run.staging().toString());
      return pipeline;
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    }
  }

  private void publish(Run run, RunReport report) throws IOException {
    Summary summary = new Summary(report);
    long dead = report.tables().stream().mapToLong(table -> table.count(TableReport.DEAD)).sum();
    boolean tooMany = dead > call.target().maxDeadLetters();
    refuseConflicts(report);
    List<TableCommit> commits = new ArrayList<>();
    for (TableReport table : report.tables()) {
      if (!tooMany || table.table().equals(TargetOptions.DEAD_LETTERS)) {
        commit(table).ifPresent(commits::add);
      }
    }

    run.check(commits);
    for (TableCommit commit : commits) {
      run.publish(commit);
      summary.published(commit.table(), seconds());
    }

    if (tooMany) {
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

    summary.print(context.out(), seconds());
    context.out().println("tables are in " + call.target().warehouse());
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

  /** What to publish of a table; nothing where the run found out nothing about it. */
  private Optional<TableCommit> commit(TableReport table) throws IOException {
    if (table.published()) {
      return Optional.of(commit(table, table.key(), table.schema()));
    }

    boolean isEmptied =
        !table.table().isEmpty()
            && table.count(TableReport.INTERNAL) == 0
            && table.count(TableReport.MERGED) > 0;
    if (!isEmptied) {
      return Optional.empty();
    }

    // Only deletes of a table of which no row was seen: it keeps the columns it had.
    return Warehouse.at(call.target().warehouse()).tables().stream()
        .filter(version -> version.table().equals(table.table()))
        .map(version -> commit(table, version.key(), version.schema()))
        .findFirst();
  }

  private TableCommit commit(TableReport table, List<String> key, Schema schema) {
    Input input = call.input();
    return new TableCommit(
        table.table(),
        key,
        schema,
        table.files(),
        call.run().mode() + " of " + Input.describe(input.files(), input.bytes()));
  }

  private double seconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
