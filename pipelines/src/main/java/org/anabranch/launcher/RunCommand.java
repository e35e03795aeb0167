package org.anabranch.launcher;

import java.util.ArrayList;
import java.util.List;

/** {@code run}: runs a pipeline and publishes its tables. */
final class RunCommand implements Command {

  @Override
  public String name() {
    return "run";
  }

  @Override
  public String summary() {
    return "run a pipeline and publish its tables";
  }

  @Override
  public String usage() {
    return "run PIPELINE [--runner=NAME] [--mode=NAME] [--config=FILE.yaml] [--name=value ...]";
  }

  @Override
  public boolean looksForPipelines() {
    return true;
  }

  @Override
  public List<OptionSpec> options() {
    return RunOptions.ALL;
  }

  @Override
  public String help(CommandLine line) {
    return help(this, line);
  }

  /** Help of a command that takes a pipeline: of the pipeline where it is named. */
  static String help(Command command, CommandLine line) {
    if (line.words().isEmpty()) {
      StringBuilder text = new StringBuilder(Help.of(command)).append("\nPipelines\n");
      for (NamedPipeline pipeline : NamedPipeline.all()) {
        text.append("  %-30s %s%n".formatted(pipeline.label(), pipeline.summary()));
      }

      return text.append("\nOptions of a pipeline: anabranch ")
          .append(command.name())
          .append(" PIPELINE --help\n")
          .toString();
    }

    NamedPipeline pipeline = NamedPipeline.of(command.name(), line.words());
    List<OptionSpec> options = new ArrayList<>(pipeline.options());
    options.addAll(Help.COMMON);
    String usage = command.name() + " " + pipeline.label() + " [--name=value ...]";
    return Help.of(usage, pipeline.summary(), options)
        + "\nOptions of the runner are accepted too, e.g. --target-parallelism=2 (direct),"
        + " --parallelism=4 (flink),\n--spark-master=local[4] (spark); their defaults are in"
        + " runners-config/RUNNER/settings.yaml.\n";
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    RunCall call = RunCall.parse(name(), line, context);
    BaseCheck.check(call);
    new Launch(call, context).run();
  }
}
