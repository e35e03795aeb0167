package org.anabranch.launcher;

import org.anabranch.model.Stable;

/** The call is wrong; the message is one line that says what, and what is allowed. */
@Stable
public final class WrongCallException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public WrongCallException(String message) {
    super(message);
  }

  public WrongCallException(String message, Throwable cause) {
    super(message, cause);
  }
}
