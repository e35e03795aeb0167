package org.anabranch.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import org.anabranch.lake.ComputedTables;
import org.anabranch.lake.Lake;
import org.anabranch.lake.Lake.UnfinishedRun;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.RunCommit;
import org.anabranch.lake.RunPipeline;
import org.anabranch.lake.SchemaChangeException;
import org.anabranch.lake.TablesRefusedException;
import org.anabranch.lake.TooManyDeadLettersException;
import org.anabranch.pipelines.Customer360;
import org.anabranch.transforms.report.RunReport;

/**
 * Runs that died while they committed: their tables are committed now, without their input. Each is
 * finished as its own manifest says. Computed tables of another pipeline, or of another version of
 * this one, are left to it: they count as behind until it runs again.
 */
final class UnfinishedRuns {

  private final Lake lake;
  private final RunPipeline own;
  private final PrintStream err;

  private UnfinishedRuns(Lake lake, RunPipeline own, PrintStream err) {
    this.lake = lake;
    this.own = own;
    this.err = err;
  }

  /**
   * Finishes all of them; says so.
   *
   * @param own the pipeline that is about to run
   * @return false where its computed tables have to be computed again
   */
  static boolean finish(Lake lake, RunPipeline own, PrintStream err) throws IOException {
    List<UnfinishedRun> unfinished = lake.unfinished();
    boolean isWhole = true;
    for (UnfinishedRun dead : unfinished) {
      isWhole &= new UnfinishedRuns(lake, own, err).finish(dead);
    }

    return isWhole && (unfinished.isEmpty() || !ComputedTables.areBehind(lake, own));
  }

  private boolean finish(UnfinishedRun dead) throws IOException {
    try (LakeRun run = lake.resume(dead.id())) {
      err.println(
          "finishing run %s, which ended early: %s"
              .formatted(dead.id(), String.join(", ", dead.missing())));
      return finish(run, dead.missing());
    } catch (TablesRefusedException refused) {
      // What a run would have refused stays refused; closing it removes what it wrote.
      refused.refusals().forEach(err::println);
    } catch (SchemaChangeException refused) {
      err.println(
          "run " + dead.id() + " was not allowed to change schemas: " + refused.getMessage());
    } catch (TooManyDeadLettersException refused) {
      err.println(
          "run %s: %s; only the dead letters were published, its input counts as unread"
              .formatted(dead.id(), refused.getMessage()));
    } catch (IllegalStateException alive) {
      err.println("run " + dead.id() + " is being finished by another process");
    }

    return true;
  }

  private boolean finish(LakeRun run, List<String> missing) throws IOException {
    RunReport report = run.report();
    RunPipeline pipeline = run.pipeline();
    if (pipeline == null) {
      // Programs that did not tell had one pipeline with computed tables.
      return new RunCommit(run, report, Customer360.COMPUTED, table -> {}).commitAll();
    }

    Set<String> computed = pipeline.computed().keySet();
    RunCommit commit = new RunCommit(run, report, computed, table -> {});
    boolean isOwn = pipeline.name().equals(own.name());
    if (isOwn && pipeline.computed().equals(own.computed())) {
      return commit.commitAll();
    }

    commit.leavingComputed().commitAll();
    List<String> left = missing.stream().filter(computed::contains).toList();
    if (!left.isEmpty()) {
      err.println(
          "%s of pipeline %s: computed by its next run"
              .formatted(String.join(", ", left), pipeline.name()));
    }

    return !isOwn;
  }
}
