package org.anabranch.lake;

import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.PerRun.Runs;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * The one run of a bounded pipeline whose last step commits it. Once that is done there is nothing
 * to do for an engine that evaluates the pipeline again.
 */
record GuestRuns(RunScope run) implements Runs {

  @Override
  public @Nullable RunScope find(BoundedWindow window) {
    return CommitMark.isIn(Storage.at(run.directory())) ? null : run;
  }
}
