package org.anabranch.launcher;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.anabranch.launcher.CallContext.Screen;
import org.anabranch.model.Internal;

/**
 * A call of the command line that a program makes in its own process, such as a test.
 *
 * @param code exit code: 0 done, 1 failed, 2 the call is wrong
 * @param out results
 * @param err progress, and why it failed
 */
@Internal
public record ProgramCall(int code, String out, String err) {

  /**
   * Makes a call and waits for its end. The runner that it names must be on the class path.
   *
   * @param home directory that holds {@code runners-config}; without it the engines' own defaults
   *     hold
   * @param arguments as on the command line: {@code run}, the pipeline, options
   */
  public static ProgramCall of(Path home, List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Main.call(
            arguments,
            new CallContext(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Screen.LOG,
                home,
                System.getenv()));
    return new ProgramCall(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
