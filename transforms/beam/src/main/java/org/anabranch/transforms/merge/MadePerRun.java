package org.anabranch.transforms.merge;

import org.anabranch.transforms.report.RunCounters;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/** Remembers what it made for the run of the last window. Not thread-safe, as its step is not. */
final class MadePerRun<T> implements PerRun<T> {

  private static final long serialVersionUID = 1;

  private final Runs runs;
  private final SerializableFunction<RunScope, T> make;
  private transient @Nullable String last;
  private transient @Nullable T made;

  MadePerRun(Runs runs, SerializableFunction<RunScope, T> make) {
    this.runs = runs;
    this.make = make;
  }

  @Override
  public @Nullable T of(BoundedWindow window) {
    RunScope run = runs.find(window);
    if (run == null) {
      RunCounters.countDropped();
      return null;
    }

    if (!run.directory().equals(last)) {
      made = make.apply(run);
      last = run.directory();
    }

    return made;
  }
}
