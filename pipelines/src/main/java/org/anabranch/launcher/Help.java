package org.anabranch.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Texts of {@code --help}. */
final class Help {

  static final OptionSpec HELP = OptionSpec.onOff(CommandLine.HELP, "how to call it");
  static final OptionSpec VERSION = OptionSpec.onOff(CommandLine.VERSION, "version of anabranch");
  static final OptionSpec VERBOSE =
      OptionSpec.onOff(CommandLine.VERBOSE, "log what happens; stack traces of failures");

  /** Options every call has. */
  static final List<OptionSpec> COMMON = List.of(HELP, VERBOSE);

  private static final int LINE_WIDTH = 100;
  private static final int LONGEST_FORM = 30;

  private Help() {}

  static String of(List<Command> commands) {
    StringBuilder text = new StringBuilder();
    text.append("Change streams and event streams become tables, whichever engine runs them.\n\n");
    text.append("  anabranch COMMAND [--name=value ...]\n\nCommands\n");
    commands.forEach(command -> line(text, command.name(), command.summary()));
    text.append("\nOptions of every command\n");
    List.of(HELP, VERBOSE, VERSION).forEach(option -> line(text, option.form(), option.help()));
    text.append(
        """

        Start with
          anabranch run customer-360
          anabranch tables --warehouse=warehouse
          anabranch show customer_insights --warehouse=warehouse --limit=10
        """);
    return text.toString();
  }

  static String of(Command command) {
    List<OptionSpec> options = new ArrayList<>(command.options());
    options.addAll(COMMON);
    return of(command.usage(), command.summary(), options);
  }

  static String of(String usage, String summary, List<OptionSpec> options) {
    StringBuilder text = new StringBuilder();
    text.append(sentence(summary)).append("\n\n  anabranch ").append(usage).append("\n\nOptions\n");
    options.forEach(option -> line(text, option.form(), option.help()));
    return text.toString();
  }

  private static String sentence(String summary) {
    return summary.substring(0, 1).toUpperCase(Locale.ROOT) + summary.substring(1) + ".";
  }

  private static void line(StringBuilder text, String form, String help) {
    text.append("  ").append(form);
    if (form.length() > LONGEST_FORM) {
      text.append('\n').append(" ".repeat(LONGEST_FORM + 2));
    } else {
      text.append(" ".repeat(LONGEST_FORM - form.length()));
    }

    int column = LONGEST_FORM + 2;
    for (String word : ListText.split(help, ' ')) {
      if (column + 1 + word.length() > LINE_WIDTH) {
        text.append('\n').append(" ".repeat(LONGEST_FORM + 2));
        column = LONGEST_FORM + 2;
      }

      text.append(' ').append(word);
      column += 1 + word.length();
    }

    text.append('\n');
  }
}
