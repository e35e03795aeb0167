package org.anabranch.lake;

import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.PerRun.Runs;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * The one run of a bounded pipeline whose last step commits it. Once that is done there is nothing
 * to do for an engine that evaluates the pipeline again. Where the run has ended without it, as
 * when the program that built the pipeline is gone, the pipeline fails at once.
 */
record GuestRuns(RunScope run) implements Runs {

  @Override
  public @Nullable RunScope find(BoundedWindow window) {
    Storage directory = Storage.at(run.directory());
    if (CommitMark.isIn(directory)) {
      return null;
    }

    RunDirectory.requireAlive(directory);
    return run;
  }
}
