package org.anabranch.testdata;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.anabranch.testdata.FuzzRuns.Answer;

/** The command line of {@link FuzzRuns} with {@link MutatedLines}: calls the launcher's script. */
public final class FuzzCheck {

  static final String HELP =
      """
      Replicates spoiled lines and checks what must hold of any input.

        --home=DIR         the project, whose test data are spoiled (required)
        --output=DIR       where files and warehouses go; replaced (required)
        --seed=S           same seed, same lines (default 1)
        --lines=N          number of lines, from 30 (default 200000)
        --runner=NAME      (default direct)
        --keys=yes|no      whether key columns are declared (default no)
        --kinds=A,B        ways to spoil a line (default: all)
        --help             this text

      Prints a line for each check. Exits with 0 when all hold, 1 when one does not, 2 when the call
      is wrong.
      """;

  private static final List<String> NAMES =
      List.of("home", "output", "seed", "lines", "runner", "keys", "kinds");

  private FuzzCheck() {}

  /** Runs the check; see {@code --help}. */
  public static void main(String[] arguments) {
    System.exit(run(arguments, System.out, System.err));
  }

  static int run(String[] arguments, PrintStream out, PrintStream err) {
    if (Arguments.askForHelp(arguments)) {
      out.print(HELP);
      return 0;
    }

    try {
      Arguments given = Arguments.of(arguments, NAMES);
      Path home = given.directory("home");
      Path output = given.directory("output");
      long seed = given.seed("seed", 1);
      int count = given.count("lines", 200_000);
      Set<Mutation> kinds = kinds(given.text("kinds", ""));
      boolean declaresKeys = given.text("keys", "no").equals("yes");
      out.println("seed " + seed + ", " + count + " lines");
      List<byte[]> lines =
          new MutatedLines(MutatedLines.read(home.resolve("test-data")), seed, kinds).lines(count);
      List<String> options = FuzzRuns.options(given.text("runner", "direct"), declaresKeys);
      FuzzRuns runs = new FuzzRuns(call -> process(home, output, call), options, out);
      List<String> failures = runs.check(lines, output);
      out.println(failures.isEmpty() ? "all checks hold" : failures.size() + " checks fail");
      return failures.isEmpty() ? 0 : 1;
    } catch (IllegalArgumentException e) {
      err.println("error: " + e.getMessage());
      return 2;
    } catch (IOException e) {
      err.println("error: " + e.getMessage());
      return 1;
    }
  }

  private static Set<Mutation> kinds(String text) {
    Set<Mutation> kinds = EnumSet.noneOf(Mutation.class);
    if (text.isEmpty()) {
      return EnumSet.allOf(Mutation.class);
    }

    Arrays.stream(text.split(",", -1)).map(Mutation::parse).forEach(kinds::add);
    return kinds;
  }

  private static Answer process(Path home, Path output, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(home.resolve("anabranch").toString()));
    command.addAll(arguments);
    Path results = output.resolve("results");
    Path messages = output.resolve("messages");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(results.toFile())
            .redirectError(messages.toFile())
            .start();
    try {
      return new Answer(process.waitFor(), lines(results), lines(messages));
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("the call was interrupted", e);
    }
  }

  private static List<String> lines(Path file) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return text.isEmpty() ? List.of() : Arrays.asList(text.split("\n"));
  }
}
