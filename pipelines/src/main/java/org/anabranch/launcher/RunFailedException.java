package org.anabranch.launcher;

/** What was asked for failed in a way that is understood; the message is one line. */
final class RunFailedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  RunFailedException(String message) {
    super(message);
  }

  RunFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
