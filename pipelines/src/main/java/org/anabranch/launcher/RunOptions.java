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

  static final OptionSpec JOB =
      OptionSpec.of(
          "job",
          "NAME",
          "name under which the warehouse keeps who runs this and how far topics were read; give jobs"
              + " that read the same topics for different tables different names (default: the"
              + " pipeline's)");

  static final OptionSpec LOG =
      new OptionSpec(
          "log", "text|json", "text", "form of the lines on standard error (default text)");

  /** Looked for before anything is printed. */
  static final String LOG_JSON = "--log=json";

  static final List<OptionSpec> ALL =
      List.of(RUNNER, MODE, CONFIG, JOB, OneAtATime.IF_RUNNING, LOG);

  static RunOptions parse(Settings settings) {
    settings.oneOf(LOG, List.of("text", "json"));
    return new RunOptions(
        settings.oneOf(RUNNER, RUNNERS), Mode.of(settings.oneOf(MODE, Mode.labels())));
  }

  /** Name of the job that a call runs. */
  static String job(Settings settings, String pipeline) {
    String job = settings.isGiven(JOB) ? settings.text(JOB) : pipeline;
    if (job.isBlank() || job.contains("/")) {
      throw settings.wrong(JOB, "must be a name without '/', but was: " + job);
    }

    return job;
  }
}
