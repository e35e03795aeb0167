package org.anabranch.launcher;

/** The call is wrong; the message is one line that says what, and what is allowed. */
final class WrongCallException extends RuntimeException {

  private static final long serialVersionUID = 1;

  WrongCallException(String message) {
    super(message);
  }

  WrongCallException(String message, Throwable cause) {
    super(message, cause);
  }
}
