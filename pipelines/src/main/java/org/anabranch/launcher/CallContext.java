package org.anabranch.launcher;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What surrounds a call.
 *
 * @param out results
 * @param err everything else
 * @param screen where {@code err} ends
 * @param home directory of the project
 * @param environment variables that configuration files may refer to
 */
record CallContext(
    PrintStream out, PrintStream err, Screen screen, Path home, Map<String, String> environment) {

  /** Where progress is shown. */
  enum Screen {
    /** A line can be rewritten in place. */
    TERMINAL,
    /** Lines are only ever added. */
    LOG
  }
}
