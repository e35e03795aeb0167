package org.anabranch.launcher;

import java.util.List;
import org.anabranch.launcher.Runners.Capability;
import org.anabranch.launcher.TextTable.Align;

/** {@code runners}: what each runner can do. */
final class RunnersCommand implements Command {

  @Override
  public String name() {
    return "runners";
  }

  @Override
  public String summary() {
    return "list what each runner does in each mode";
  }

  @Override
  public String usage() {
    return "runners";
  }

  @Override
  public List<OptionSpec> options() {
    return List.of();
  }

  @Override
  public void run(CommandLine line, CallContext context) {
    Words.check(this, line, 0);
    TextTable table =
        new TextTable(
            List.of("runner", "mode", "supported", "why"),
            List.of(Align.LEFT, Align.LEFT, Align.LEFT, Align.LEFT));
    for (Capability known : Runners.ALL) {
      table.add(List.of(known.runner(), known.mode().label(), known.support().text(), known.why()));
    }

    table.flush(context.out());
  }
}
