package org.anabranch.testdata;

import java.nio.file.Path;
import java.util.List;
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

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException with one line that names the option, the rule and the value
   */
  static Options parse(String[] arguments) {
    Arguments given = Arguments.of(arguments, NAMES);
    Path output = given.directory("output");
    Options defaults = Options.into(output);
    return new Options(
        output,
        given.count("customers", defaults.customers()),
        given.number("scale", defaults.scale()),
        given.seed("seed", defaults.seed()),
        given.count("files", defaults.files()),
        given.number("duplicates", defaults.duplicates()),
        given.number("broken", defaults.broken()),
        given.count("disorder", defaults.disorder()));
  }
}
