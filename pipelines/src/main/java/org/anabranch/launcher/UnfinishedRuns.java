package org.anabranch.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Set;
import org.anabranch.lake.Lake;
import org.anabranch.lake.Lake.UnfinishedRun;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.RunCommit;
import org.anabranch.pipelines.Customer360;
import org.anabranch.transforms.report.RunReport;

/** Runs that died while they committed: their tables are committed now, without their input. */
final class UnfinishedRuns {

  private UnfinishedRuns() {}

  /** Finishes all of them; says so. */
  static void finish(Lake lake, PrintStream err) throws IOException {
    for (UnfinishedRun dead : lake.unfinished()) {
      if (dead.missing().stream().allMatch(Customer360.COMPUTED::contains)) {
        continue;
      }

      try (LakeRun run = lake.resume(dead.id())) {
        err.println(
            "finishing run " + dead.id() + ", which ended early: " + String.join(", ", dead.missing()));
        RunReport report = RunReport.read(run.staging());
        Set<String> computed = Customer360.COMPUTED;
        new RunCommit(run, report, computed, table -> {}).commitAll();
      } catch (IllegalStateException alive) {
        // Another process finishes it.
        continue;
      }
    }
  }
}
