package org.anabranch.launcher;

import java.util.List;
import org.anabranch.pipelines.TablesConfig;
import org.jspecify.annotations.Nullable;

/**
 * What each runner can do: measured, not believed. A run is checked against it before anything
 * starts: it runs as asked, is rewritten, which is said, or is refused with what to use instead.
 */
final class Runners {

  /** How a runner does what a mode asks for. */
  enum Support {
    /** As asked. */
    NATIVE("yes"),
    /** As a loop of micro-batches. */
    AS_MICRO_BATCHES("as micro-batches");

    private final String text;

    Support(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /**
   * What one runner was seen to do in one mode.
   *
   * @param why for people; empty where it does just what is asked
   */
  record Capability(String runner, Mode mode, Support support, String why) {}

  static final List<Capability> ALL =
      List.of(
          new Capability("direct", Mode.BATCH, Support.NATIVE, ""),
          new Capability("direct", Mode.MICRO_BATCH, Support.NATIVE, ""),
          new Capability(
              "direct",
              Mode.STREAM,
              Support.NATIVE,
              "for trying: this runner keeps a processor busy while it waits"),
          new Capability("flink", Mode.BATCH, Support.NATIVE, ""),
          new Capability("flink", Mode.MICRO_BATCH, Support.NATIVE, ""),
          new Capability("flink", Mode.STREAM, Support.NATIVE, ""),
          new Capability("spark", Mode.BATCH, Support.NATIVE, ""),
          new Capability("spark", Mode.MICRO_BATCH, Support.NATIVE, ""),
          new Capability(
              "spark",
              Mode.STREAM,
              Support.AS_MICRO_BATCHES,
              "unbounded reads on this runner were seen to lose records without a word"));

  private Runners() {}

  static Capability of(RunOptions run) {
    return ALL.stream()
        .filter(known -> known.runner().equals(run.runner()) && known.mode() == run.mode())
        .findFirst()
        .orElseThrow();
  }

  /**
   * Whether bounded pipelines commit in their last step. On the Direct runner, which lives in the
   * process that owns the run, they leave their report and the owner commits: as long as a step
   * works the runner looks for other work without a pause, and holds all data of the pipeline.
   */
  static boolean commitsInStep(String runner) {
    return !runner.equals("direct");
  }

  /**
   * Refuses what cannot be done.
   *
   * @throws WrongCallException saying what to use instead
   */
  static void check(
      RunOptions run, @Nullable TopicOptions topics, TablesConfig tables, Settings settings) {
    if (run.mode() != Mode.BATCH && topics == null) {
      throw settings.wrong(
          RunOptions.MODE,
          "needs a source that goes on, but files were given: use --mode=batch, or read topics with"
              + " --bootstrap-servers and --topics");
    }

    if (run.mode() != Mode.BATCH && !tables.bases().isEmpty()) {
      throw settings.wrong(
          ReplicateOptions.BASE, "is loaded once: run it alone with --mode=batch before");
    }
  }
}
