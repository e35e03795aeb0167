package org.anabranch.launcher;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.anabranch.launcher.CallContext.Screen;

/** Calls of the launcher within a test, also several at the same time. */
public final class LauncherCalls {

  private LauncherCalls() {}

  /**
   * Makes a call that must end well.
   *
   * @param home directory of the project
   * @return what it printed as its result
   */
  public static String succeed(Path home, List<String> arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = call(home, arguments, out, err);
    if (code != 0) {
      throw new AssertionError(arguments + ": " + code + "\n" + err);
    }

    return out.toString(StandardCharsets.UTF_8);
  }

  /** The same; gives all that it printed. */
  public static String succeedAndTellAll(Path home, List<String> arguments) {
    return end(home, 0, arguments);
  }

  /** A call that must end with this code; gives all that it printed. */
  public static String end(Path home, int expected, List<String> arguments) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int code = call(home, arguments, all, all);
    String printed = all.toString(StandardCharsets.UTF_8);
    if (code != expected) {
      throw new AssertionError(arguments + ": " + code + "\n" + printed);
    }

    return printed;
  }

  private static int call(Path home, List<String> arguments, OutputStream out, OutputStream err) {
    CallContext context =
        new CallContext(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Screen.LOG,
            home,
            Map.of());
    return Main.call(arguments, context);
  }
}
