package org.anabranch.lake;

import org.anabranch.model.Internal;

/** More records could not be processed than a run may have: nothing but these was committed. */
@Internal
public final class TooManyDeadLettersException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final long dead;
  private final String allowed;

  TooManyDeadLettersException(long dead, String allowed) {
    super(dead + " records could not be processed, more than the " + allowed + " allowed");
    this.dead = dead;
    this.allowed = allowed;
  }

  public long dead() {
    return dead;
  }

  /** As it was given: a number or a percentage. */
  public String allowed() {
    return allowed;
  }
}
