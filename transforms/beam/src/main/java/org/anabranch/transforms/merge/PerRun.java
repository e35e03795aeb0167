package org.anabranch.transforms.merge;

import java.io.Serializable;
import org.anabranch.transforms.archive.RecordArchive;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * What a step needs to know of the run that an element belongs to. A bounded pipeline is one run,
 * of which everything is known when it is built; in an unbounded one each window is a run, and what
 * is stored changes from one to the next.
 */
@FunctionalInterface
public interface PerRun<T> extends Serializable {

  /** Null where the run of the window has ended: what is left of it must be dropped. */
  @Nullable T of(BoundedWindow window);

  /** The same for all windows. */
  static <T extends Serializable> PerRun<T> always(T value) {
    return window -> value;
  }

  /** Made from the run of the window, once for each run; of a single run it is made at once. */
  static <T extends Serializable> PerRun<T> of(Runs runs, SerializableFunction<RunScope, T> make) {
    return runs instanceof OneRun one
        ? always(make.apply(one.run()))
        : new MadePerRun<>(runs, make);
  }

  /** Finds the run of a window. */
  interface Runs extends Serializable {

    /** Null where it has ended. */
    @Nullable RunScope find(BoundedWindow window);
  }

  /** A bounded pipeline. */
  record OneRun(RunScope run) implements Runs {

    @Override
    public RunScope find(BoundedWindow window) {
      return run;
    }
  }

  /**
   * A run as its steps see it.
   *
   * @param store the tables as of its start
   * @param newBuckets number of buckets of tables that are not stored yet
   * @param directory where its report is left
   * @param startMicros when it began, microseconds since the epoch
   * @param archive keeps the records it reads from a log; null: nothing does
   */
  record RunScope(
      TableStore store,
      int newBuckets,
      String directory,
      long startMicros,
      @Nullable RecordArchive archive)
      implements Serializable {}
}
