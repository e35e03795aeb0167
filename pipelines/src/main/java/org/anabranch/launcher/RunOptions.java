package org.anabranch.launcher;

import java.util.List;

/**
 * Options of every run that say where and how it runs.
 *
 * @param runner name of the runner: direct, flink or spark
 * @param mode how the input is read; this version reads everything that is there, once
 */
record RunOptions(String runner, String mode) {

  static final List<String> RUNNERS = List.of("direct", "flink", "spark");

  static final OptionSpec RUNNER =
      new OptionSpec(
          "runner",
          "direct|flink|spark",
          "direct",
          "engine that runs the pipeline (default direct)");
  static final OptionSpec MODE =
      new OptionSpec("mode", "batch", "batch", "everything the input holds, once");
  static final OptionSpec CONFIG =
      OptionSpec.of("config", "FILE.yaml", "options from a file; the command line wins");

  static final List<OptionSpec> ALL = List.of(RUNNER, MODE, CONFIG);

  private static final List<String> LATER_MODES = List.of("micro-batch", "stream");

  static RunOptions parse(Settings settings) {
    String mode = settings.text(MODE);
    if (LATER_MODES.contains(mode)) {
      throw settings.wrong(
          MODE, "must be batch, but was: " + mode + "; this version runs batch only");
    }

    return new RunOptions(
        settings.oneOf(RUNNER, RUNNERS), settings.oneOf(MODE, List.of(MODE.hint())));
  }
}
