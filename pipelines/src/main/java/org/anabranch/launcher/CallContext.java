package org.anabranch.launcher;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What surrounds a call.
 *
 * @param out results for people, in which control characters are shown
 * @param data results for programs, as they are; the same as {@code out} on a terminal
 * @param err everything else, in which control characters are shown
 * @param screen where {@code err} ends
 * @param home directory of the project
 * @param environment variables that configuration files may refer to
 */
record CallContext(
    PrintStream out,
    PrintStream data,
    PrintStream err,
    Screen screen,
    Path home,
    Map<String, String> environment) {

  /** Where progress is shown. */
  enum Screen {
    /** A line can be rewritten in place. */
    TERMINAL,
    /** Lines are only ever added. */
    LOG
  }

  CallContext {
    out = ShownControls.over(out);
    err = ShownControls.over(err);
  }

  /** The same, which show no secret to people. */
  CallContext masked() {
    return new CallContext(
        Secrets.overResults(ShownControls.below(out)),
        data,
        Secrets.over(ShownControls.below(err)),
        screen,
        home,
        environment);
  }

  /** Surroundings in which results go to a file or to another program. */
  CallContext(
      PrintStream out, PrintStream err, Screen screen, Path home, Map<String, String> environment) {
    this(out, out, err, screen, home, environment);
  }
}
