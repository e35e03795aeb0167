package org.anabranch.launcher;

import java.util.ServiceLoader;
import org.anabranch.model.Internal;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What an engine keeps between the pipelines of one process, so that its start is paid once. The
 * module of a runner may provide one; without it each pipeline starts the engine anew.
 */
@Internal
public interface RunnerSession extends AutoCloseable {

  /** Makes sessions of one runner. */
  interface Provider {

    /** Name of the runner on the command line. */
    String runner();

    /** Starts the engine as the options say. */
    RunnerSession open(PipelineOptions options);
  }

  /** Lets a pipeline with these options run in the session. */
  void join(PipelineOptions options);

  /** Stops the engine. */
  @Override
  void close();

  /** The session of a runner; one that keeps nothing where its module provides none. */
  static RunnerSession open(String runner, PipelineOptions options) {
    for (Provider provider : ServiceLoader.load(Provider.class)) {
      if (provider.runner().equals(runner)) {
        return provider.open(options);
      }
    }

    return NONE;
  }

  /** Keeps nothing. */
  RunnerSession NONE =
      new RunnerSession() {
        @Override
        public void join(PipelineOptions options) {}

        @Override
        public void close() {}
      };
}
