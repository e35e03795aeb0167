package org.anabranch.launcher;

import java.io.IOException;
import java.io.PrintStream;
import org.anabranch.lake.Lake;
import org.anabranch.lake.Lake.UnfinishedRun;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.RunCommit;
import org.anabranch.lake.SchemaChangeException;
import org.anabranch.lake.TablesRefusedException;
import org.anabranch.lake.TooManyDeadLettersException;
import org.anabranch.pipelines.Customer360;
import org.anabranch.transforms.report.RunReport;

/** Runs that died while they committed: their tables are committed now, without their input. */
final class UnfinishedRuns {

  private UnfinishedRuns() {}

  /**
   * Finishes all of them; says so.
   *
   * @return false where the computed tables have to be computed again
   */
  static boolean finish(Lake lake, PrintStream err) throws IOException {
    boolean isWhole = true;
    for (UnfinishedRun dead : lake.unfinished()) {
      isWhole &= finish(lake, dead, err);
    }

    return isWhole;
  }

  private static boolean finish(Lake lake, UnfinishedRun dead, PrintStream err) throws IOException {
    try (LakeRun run = lake.resume(dead.id())) {
      err.println(
          "finishing run %s, which ended early: %s"
              .formatted(dead.id(), String.join(", ", dead.missing())));
      RunReport report = RunReport.read(run.staging());
      return new RunCommit(run, report, Customer360.COMPUTED, table -> {}).commitAll();
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
}
