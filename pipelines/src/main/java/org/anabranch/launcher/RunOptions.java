package org.anabranch.launcher;

import java.util.List;

/**
 * Options of every run that say where and how it runs.
 *
 * @param runner name of the runner: direct, flink or spark
 * @param mode how the input is read
 */
record RunOptions(String runner, Mode mode) {

  static final List<String> RUNNERS = List.of("direct", "flink", "spark");

  static final OptionSpec RUNNER =
      new OptionSpec(
          "runner",
          "direct|flink|spark",
          "direct",
          "engine that runs the pipeline (default direct)");
  static final OptionSpec MODE =
      new OptionSpec(
          "mode",
          "batch|micro-batch|stream",
          "batch",
          "the input once, in slices again and again, or without end (default batch)");
  static final OptionSpec CONFIG =
      OptionSpec.of("config", "FILE.yaml", "options from a file; the command line wins");

  static final List<OptionSpec> ALL = List.of(RUNNER, MODE, CONFIG);

  static RunOptions parse(Settings settings) {
    return new RunOptions(
        settings.oneOf(RUNNER, RUNNERS), Mode.of(settings.oneOf(MODE, Mode.labels())));
  }
}
