package org.anabranch.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What every call that runs a pipeline says: its options, from the command line and a configuration
 * file, and the engine.
 *
 * @param file the configuration file
 * @param settings options of our own by name
 * @param runner name of the engine
 * @param runnerOptions the engine's options by name, for people
 * @param beam the same for Beam
 */
record EngineCall(
    RunFile file,
    Settings settings,
    String runner,
    Map<String, Given> runnerOptions,
    PipelineOptions beam) {

  /**
   * Reads the options behind a command, and the configuration file they name.
   *
   * @param names of our own options
   * @throws WrongCallException for anything wrong
   */
  static EngineCall parse(List<String> names, CommandLine line, CallContext context) {
    RunFile file = file(line, names, context);
    Map<String, Given> own = new LinkedHashMap<>(file.settings());
    Map<String, Given> others = new LinkedHashMap<>();
    line.options().forEach((name, given) -> (names.contains(name) ? own : others).put(name, given));
    others.remove(CommandLine.VERBOSE);
    Settings settings = new Settings(own);
    String runner = settings.oneOf(RunOptions.RUNNER, RunOptions.RUNNERS);
    if (!RunnerOptions.hasRunner(runner)) {
      throw settings.wrong(
          RunOptions.RUNNER,
          "is " + runner + ", which the script did not see: write --runner=" + runner);
    }

    Map<String, Given> runnerOptions =
        runnerOptions(runner, file.runnerOptions(), others, names, context);
    return new EngineCall(
        file,
        settings,
        runner,
        runnerOptions,
        RunnerOptions.onClassPath().create(runner, runnerOptions));
  }

  private static RunFile file(CommandLine line, List<String> names, CallContext context) {
    if (!line.has(RunOptions.CONFIG.name())) {
      return RunFile.EMPTY;
    }

    String path = new Settings(line.options()).text(RunOptions.CONFIG);
    List<String> allowed = new ArrayList<>(names);
    allowed.remove(RunOptions.CONFIG.name());
    RunFile file = RunFile.read(Path.of(path), allowed, context.environment());
    file.warnings().forEach(warning -> context.err().println("note: " + warning));
    return file;
  }

  /** The runner's settings, over them the configuration file, over both the command line. */
  private static Map<String, Given> runnerOptions(
      String runner,
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
        RunnerSettings.options(context.home(), runner, context.environment()));
    put(options, known, allowed, fromFile);
    allowed.addAll(ownNames);
    put(options, known, allowed, fromLine);
    ClusterJar.stage(runner, options, UserClasses.in(context.environment()));
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
}
