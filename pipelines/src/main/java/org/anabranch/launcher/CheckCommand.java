package org.anabranch.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.anabranch.files.InputFiles;
import org.anabranch.lake.Lake;
import org.anabranch.launcher.Runners.Capability;
import org.anabranch.launcher.Runners.Support;
import org.anabranch.pipelines.TablesConfig;
import org.anabranch.pipelines.Target;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.TableSpec;
import org.apache.beam.sdk.Pipeline;

/** {@code check}: does everything a run does before it starts, and says what would run. */
final class CheckCommand implements Command {

  private static final int FILES_SHOWN = 10;

  @Override
  public String name() {
    return "check";
  }

  @Override
  public String summary() {
    return "check a call of run without running it, and say what would run";
  }

  @Override
  public String usage() {
    return "check PIPELINE [the options of run]";
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
    return RunCommand.help(this, line);
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    RunCall call = RunCall.parse(name(), line, context);
    BaseCheck.check(call);
    build(call);
    print(call, context.out());
    if (call.replay() == null) {
      InputSample sample = sample(call);
      sample.print(context.out());
      sample.requireMerged();
    }

    context.out().println("ok: nothing was run");
  }

  private static InputSample sample(RunCall call) {
    try (Lake lake = Lake.at(call.target().lake())) {
      return InputSample.of(call, lake);
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    } catch (IOException e) {
      throw new RunFailedException("cannot read the input: " + Reasons.of(e), e);
    }
  }

  /** Building the steps finds what only they can know; nothing is written. */
  private static void build(RunCall call) {
    try (Lake lake = Lake.at(call.target().lake())) {
      Target target =
          Target.of(new RunScope(lake.look(), 1, "", 0, null), call.target().schemaChanges());
      call.plan().build(Pipeline.create(call.beam()), call.plan().tables().source(), target);
    } catch (IllegalArgumentException e) {
      throw new WrongCallException(Reasons.of(e), e);
    } catch (IOException e) {
      throw new RunFailedException(
          "cannot read the warehouse " + call.target().warehouse() + ": " + Reasons.of(e), e);
    }
  }

  private static void print(RunCall call, PrintStream out) {
    TablesConfig tables = call.plan().tables();
    InputFiles changes = call.input().changes();
    line(out, "pipeline", call.pipeline().label());
    line(out, "runner", call.run().runner());
    line(out, "mode", call.run().mode().label());
    line(out, "warehouse", call.target().warehouse().toString());
    Capability capability = Runners.of(call.run());
    if (capability.support() == Support.AS_MICRO_BATCHES) {
      line(out, "runs as", "micro-batches: " + capability.why());
    }

    TopicOptions topics = call.topics();
    ReplayOptions replay = call.replay();
    if (replay != null) {
      line(out, "archive", replay.lake().warehouse().toString());
    } else if (topics == null) {
      printFiles(changes, out);
    } else {
      line(out, "topics", topics.topics() + " on " + topics.kafka().bootstrapServers());
    }

    line(out, "buckets", tables.buckets() == 0 ? "by input size" : "" + tables.buckets());
    tables.tables().values().forEach(spec -> line(out, "table", describe(call, spec)));
    line(
        out,
        tables.tables().isEmpty() ? "tables" : "other tables",
        tables.others() == Others.READ ? "read, with the key each event carries" : "ignored");
    for (Map.Entry<String, Given> option : call.runnerOptions().entrySet()) {
      String value = option.getValue().value();
      line(out, "option", option.getKey() + "=" + (value == null ? "true" : value));
    }
  }

  private static void printFiles(InputFiles changes, PrintStream out) {
    line(out, "input", Input.describe(changes.sizes().size(), changes.totalBytes()));
    changes.sizes().entrySet().stream()
        .limit(FILES_SHOWN)
        .forEach(file -> line(out, "", file.getKey() + "  " + ByteText.of(file.getValue())));
    int more = changes.sizes().size() - FILES_SHOWN;
    if (more > 0) {
      line(out, "", "and " + more + " more");
    }
  }

  private static String describe(RunCall call, TableSpec spec) {
    StringBuilder text = new StringBuilder(spec.name());
    text.append(", key ")
        .append(spec.key().isEmpty() ? "of each event" : String.join(", ", spec.key()));
    if (!spec.columns().isEmpty()) {
      text.append(", ").append(spec.columns().size()).append(" declared columns");
    }

    InputFiles base = call.input().bases().get(spec.name());
    if (base != null) {
      text.append(", base of ").append(Input.describe(base.sizes().size(), base.totalBytes()));
    }

    if (call.plan().tables().histories().contains(spec.name())) {
      text.append(", with history");
    }

    Policy policy = call.target().schemaChanges().of(spec.name());
    if (policy != Policy.EVOLVE) {
      text.append(", schema changes: ").append(policy.name().toLowerCase(Locale.ROOT));
    }

    return text.toString();
  }

  private static void line(PrintStream out, String name, String text) {
    out.println("%-13s %s".formatted(name, text));
  }
}
