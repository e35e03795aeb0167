package org.anabranch.testdata;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.testdata.ShopGenerator.Options;

/**
 * The command line of {@link ShopGenerator}: {@code --name=value} arguments, all but one optional.
 */
final class CommandLine {

  static final String HELP =
      """
      Writes ninety days of a shop as change events and visitor events.

        --output=DIR       where the files go; must hold no changes-* files (required)
        --customers=N      customers, about 17 lines each (default 1000)
        --scale=X          factor on how much happens (default 1)
        --seed=S           same seed, same bytes (default 1)
        --files=K          number of files, every fifth small and plain (default 10)
        --duplicates=X     share of lines that come twice (default 0.02)
        --broken=X         share of lines nobody can apply (default 0.01)
        --disorder=N       lines over which the order is shuffled (default 500)
        --help             this text

      Prints the counts, which are also in DIR/manifest.json.
      """;

  private static final List<String> NAMES =
      List.of("output", "customers", "scale", "seed", "files", "duplicates", "broken", "disorder");

  private CommandLine() {}

  static boolean asksForHelp(String[] arguments) {
    return Arrays.asList(arguments).contains("--help");
  }

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException with one line that names the option, the rule and the value
   */
  static Options parse(String[] arguments) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (!argument.startsWith("--") || equals < 0) {
        throw new IllegalArgumentException(
            "an option must look like --name=value, but was: " + argument);
      }

      String name = argument.substring(2, equals);
      if (!NAMES.contains(name)) {
        throw new IllegalArgumentException(
            "an option must be one of --" + String.join(", --", NAMES) + ", but was: --" + name);
      }

      values.put(name, argument.substring(equals + 1));
    }

    String output = values.getOrDefault("output", "");
    if (output.isEmpty()) {
      throw new IllegalArgumentException("--output=DIR must be given");
    }

    Options defaults = Options.into(path(output));
    return new Options(
        defaults.output(),
        (int) wholeNumber(values, "customers", defaults.customers()),
        number(values, "scale", defaults.scale()),
        wholeNumber(values, "seed", defaults.seed()),
        (int) wholeNumber(values, "files", defaults.files()),
        number(values, "duplicates", defaults.duplicates()),
        number(values, "broken", defaults.broken()),
        (int) wholeNumber(values, "disorder", defaults.disorder()));
  }

  private static Path path(String output) {
    try {
      return Path.of(output);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("--output must be a directory, but was: " + output, e);
    }
  }

  private static long wholeNumber(Map<String, String> values, String name, long fallback) {
    String value = values.get(name);
    if (value == null) {
      return fallback;
    }

    try {
      return name.equals("seed") ? Long.parseLong(value) : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--" + name + " must be a whole number, but was: " + value, e);
    }
  }

  private static double number(Map<String, String> values, String name, double fallback) {
    String value = values.get(name);
    if (value == null) {
      return fallback;
    }

    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--" + name + " must be a number, but was: " + value, e);
    }
  }
}
