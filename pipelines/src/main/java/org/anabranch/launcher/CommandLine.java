package org.anabranch.launcher;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A command line taken apart.
 *
 * @param words what does not begin with a dash, in order
 * @param options by name, as given
 */
record CommandLine(List<String> words, Map<String, Given> options) {

  static final String HELP = "help";
  static final String VERSION = "version";
  static final String VERBOSE = "verbose";

  CommandLine {
    words = List.copyOf(words);
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /**
   * Takes the arguments apart; whether the options exist is for the command to say.
   *
   * @throws WrongCallException for what does not look like an option, or is there twice
   */
  static CommandLine parse(List<String> arguments) {
    List<String> words = new ArrayList<>();
    Map<String, Given> options = new LinkedHashMap<>();
    for (String argument : arguments) {
      if (!argument.startsWith("-")) {
        words.add(argument);
        continue;
      }

      int equals = argument.indexOf('=');
      String dashed = equals < 0 ? argument : argument.substring(0, equals);
      String name = nameOf(dashed);
      Given given = Given.onCommandLine(name, equals < 0 ? null : argument.substring(equals + 1));
      if (options.putIfAbsent(name, given) != null) {
        throw new WrongCallException(
            "--" + name + " is there twice; give it once, several values separated by commas");
      }
    }

    return new CommandLine(words, options);
  }

  private static String nameOf(String dashed) {
    if (dashed.equals("-h")) {
      return HELP;
    }

    if (dashed.startsWith("--") && dashed.length() > 2 && dashed.charAt(2) != '-') {
      return dashed.substring(2);
    }

    throw new WrongCallException("an option looks like --name=value, but was: " + dashed);
  }

  boolean has(String option) {
    return options.containsKey(option);
  }

  /** The line behind its first word. */
  CommandLine rest() {
    return new CommandLine(words.subList(1, words.size()), options);
  }
}
