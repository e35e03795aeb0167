package org.anabranch.launcher;

import java.util.List;

/** {@code pipelines}: what can be run, one line each. */
final class PipelinesCommand implements Command {

  @Override
  public String name() {
    return "pipelines";
  }

  @Override
  public String summary() {
    return "list what can be run";
  }

  @Override
  public String usage() {
    return "pipelines";
  }

  @Override
  public boolean looksForPipelines() {
    return true;
  }

  @Override
  public List<OptionSpec> options() {
    return List.of();
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Words.check(this, line, 0);
    for (NamedPipeline pipeline : NamedPipeline.all()) {
      context.out().println("%-13s %s".formatted(pipeline.label(), pipeline.summary()));
    }
  }
}
