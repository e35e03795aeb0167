package org.anabranch.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.anabranch.lake.RunPipeline;
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
    PlannedPipeline plan,
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
    NamedPipeline pipeline = NamedPipeline.of(command, words(line, context));
    List<String> names = new ArrayList<>();
    pipeline.options().forEach(option -> names.add(option.name()));
    EngineCall engine = EngineCall.parse(names, line, context);
    RunFile file = engine.file();
    Settings settings = engine.settings();
    RunOptions run = RunOptions.parse(settings);
    PlannedPipeline plan = plan(pipeline, settings, file, context.home());
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
            engine.runnerOptions(),
            engine.beam());
    if (call.isStreamOnCluster() && microBatches.metricsPort() >= 0) {
      throw settings.wrong(
          MetricsServer.PORT,
          "is for jobs in this process: a stream on a cluster counts in metrics of the engine");
    }

    // Beam's source for Flink never tells its restored parts that there are no others.
    if (microBatches.untilCaughtUp() && engine.runnerOptions().containsKey(SAVEPOINT)) {
      throw settings.wrong(
          MicroBatchOptions.UNTIL_CAUGHT_UP,
          "cannot end a stream that goes on from a savepoint: leave one of them out");
    }

    return call;
  }

  /** The words of a call; without any, the configuration file may name the pipeline. */
  static List<String> words(CommandLine line, CallContext context) {
    Given config = line.options().get(RunOptions.CONFIG.name());
    String file = config == null ? null : config.value();
    String named =
        file == null || !line.words().isEmpty()
            ? null
            : YamlFile.peek(Path.of(file), RunFile.PIPELINE, context.environment());
    return named == null ? line.words() : List.of(named);
  }

  /** Whether the job lives on in a cluster, as one pipeline, with or without this process. */
  boolean isStreamOnCluster() {
    return run.mode() == Mode.STREAM
        && Runners.of(run).support() == Support.NATIVE
        && ClusterJar.isOnCluster(run.runner(), runnerOptions);
  }

  /** What a process must know that has to finish a run of this call. */
  RunPipeline runPipeline() {
    return new RunPipeline(pipeline.label(), plan.computed());
  }

  /** Opens what is read. */
  Feed openFeed() {
    if (replay != null) {
      return new ArchiveFeed(replay);
    }

    return topics == null ? new FileFeed(plan.tables(), input) : TopicFeed.open(topics);
  }

  private static PlannedPipeline plan(
      NamedPipeline pipeline, Settings settings, RunFile file, Path home) {
    try {
      return pipeline.plan(
          new PipelineCall(
              settings, file.tables(), SourceOptions.parse(settings, file.generations()), home));
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    }
  }
}
