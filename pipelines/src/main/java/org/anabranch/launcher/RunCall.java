package org.anabranch.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.launcher.Runners.Support;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/**
 * A call of {@code run} or {@code check}, understood and checked.
 *
 * @param pipeline what to run
 * @param job its name, by which the warehouse knows it
 * @param ifRunning what to do while another run of the job is under way
 * @param run where and how
 * @param target where tables end
 * @param plan the pipeline with its configuration
 * @param input files that will be read
 * @param topics Kafka topics that will be read instead; null: files or an archive
 * @param replay archive that will be read instead; null: files or topics
 * @param microBatches how a job that goes on is cut
 * @param runnerOptions the runner's options by name, for people
 * @param beam the same for Beam
 */
record RunCall(
    NamedPipeline pipeline,
    String job,
    OneAtATime ifRunning,
    RunOptions run,
    TargetOptions target,
    Plan plan,
    Input input,
    @Nullable TopicOptions topics,
    @Nullable ReplayOptions replay,
    MicroBatchOptions microBatches,
    Map<String, Given> runnerOptions,
    PipelineOptions beam) {

  private static final String SAVEPOINT = "savepointPath";

  /**
   * Reads the words and options behind the command, and the configuration file they name.
   *
   * @throws WrongCallException for anything wrong, before anything is written
   */
  static RunCall parse(String command, CommandLine line, CallContext context) {
    NamedPipeline pipeline = NamedPipeline.of(command, line.words());
    List<String> names = new ArrayList<>();
    pipeline.options().forEach(option -> names.add(option.name()));
    RunFile file = file(line, names, context);

    Map<String, Given> own = new LinkedHashMap<>(file.settings());
    Map<String, Given> others = new LinkedHashMap<>();
    line.options().forEach((name, given) -> (names.contains(name) ? own : others).put(name, given));
    others.remove(CommandLine.VERBOSE);
    Settings settings = new Settings(own);
    RunOptions run = RunOptions.parse(settings);
    if (!RunnerOptions.hasRunner(run.runner())) {
      throw settings.wrong(
          RunOptions.RUNNER,
          "is " + run.runner() + ", which the script did not see: write --runner=" + run.runner());
    }

    Map<String, Given> runnerOptions =
        runnerOptions(run, file.runnerOptions(), others, names, context);
    PipelineOptions beam = RunnerOptions.onClassPath().create(run.runner(), runnerOptions);
    Plan plan = plan(pipeline, settings, file, context.home());
    TargetOptions target =
        TargetOptions.parse(settings, pipeline.warehouse(), file.catalog(), file.tables());
    String job = RunOptions.job(settings, pipeline.label());
    ReplayOptions replay = ReplayOptions.parse(settings, target.lake(), run.mode());
    TopicOptions topics =
        replay == null ? TopicOptions.parse(settings, file.kafka(), job, run.mode()) : null;
    if (topics == null && target.archives()) {
      throw settings.wrong(
          TargetOptions.ARCHIVE, "keeps records of topics: files are an archive themselves");
    }

    Runners.check(run, topics, plan.tables(), settings);
    MicroBatchOptions microBatches = MicroBatchOptions.parse(settings, run.mode());
    RunCall call =
        new RunCall(
            pipeline,
            job,
            OneAtATime.parse(settings),
            run,
            target,
            plan,
            Input.of(plan.tables()),
            topics,
            replay,
            microBatches,
            runnerOptions,
            beam);
    if (call.isStreamOnCluster() && microBatches.metricsPort() >= 0) {
      throw settings.wrong(
          MetricsServer.PORT,
          "is for jobs in this process: a stream on a cluster counts in metrics of the engine");
    }

    // Beam's source for Flink never tells its restored parts that there are no others.
    if (microBatches.untilCaughtUp() && runnerOptions.containsKey(SAVEPOINT)) {
      throw settings.wrong(
          MicroBatchOptions.UNTIL_CAUGHT_UP,
          "cannot end a stream that goes on from a savepoint: leave one of them out");
    }

    return call;
  }

  /** Whether the job lives on in a cluster, as one pipeline, with or without this process. */
  boolean isStreamOnCluster() {
    return run.mode() == Mode.STREAM
        && Runners.of(run).support() == Support.NATIVE
        && ClusterJar.isOnCluster(run.runner(), runnerOptions);
  }

  /** Opens what is read. */
  Feed openFeed() {
    if (replay != null) {
      return new ArchiveFeed(replay);
    }

    return topics == null ? new FileFeed(plan.tables(), input) : TopicFeed.open(topics);
  }

  private static RunFile file(CommandLine line, List<String> names, CallContext context) {
    if (!line.has(RunOptions.CONFIG.name())) {
      return RunFile.EMPTY;
    }

    String path = new Settings(line.options()).text(RunOptions.CONFIG);
    List<String> allowed = new ArrayList<>(names);
    allowed.remove(RunOptions.CONFIG.name());
    allowed.remove(RunOptions.LOG.name());
    return RunFile.read(Path.of(path), allowed, context.environment());
  }

  /** The runner's settings, over them the configuration file, over both the command line. */
  private static Map<String, Given> runnerOptions(
      RunOptions run,
      Map<String, Given> fromFile,
      Map<String, Given> fromLine,
      List<String> ownNames,
      CallContext context) {
    RunnerOptions known = RunnerOptions.onClassPath();
    List<String> allowed = new ArrayList<>(known.names());
    Map<String, Given> options = new TreeMap<>();
    put(
        options,
        known,
        allowed,
        RunnerSettings.options(context.home(), run.runner(), context.environment()));
    put(options, known, allowed, fromFile);
    allowed.addAll(ownNames);
    put(options, known, allowed, fromLine);
    ClusterJar.stage(run.runner(), options);
    return options;
  }

  private static void put(
      Map<String, Given> options,
      RunnerOptions known,
      List<String> allowed,
      Map<String, Given> given) {
    given.forEach(
        (name, value) -> {
          String found = known.find(name);
          if (found == null) {
            throw new WrongCallException(
                "%sunknown option %s; the nearest is %s"
                    .formatted(
                        value.place(), value.name(), value.written(Nearest.to(name, allowed))));
          }

          options.put(found, value);
        });
  }

  private static Plan plan(NamedPipeline pipeline, Settings settings, RunFile file, Path home) {
    try {
      return pipeline.plan(settings, file.tables(), home);
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    }
  }
}
