package org.anabranch.launcher;

import java.util.ArrayList;
import java.util.List;

/** What was asked for failed in ways that are understood, each told in one line. */
final class RunFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final ArrayList<String> lines;

  RunFailedException(String message) {
    this(List.of(message));
  }

  /** Failed in several ways; as one message they stand in one line. */
  RunFailedException(List<String> lines) {
    super(String.join("; ", lines));
    this.lines = new ArrayList<>(lines);
  }

  RunFailedException(String message, Throwable cause) {
    super(message, cause);
    lines = new ArrayList<>(List.of(message));
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
