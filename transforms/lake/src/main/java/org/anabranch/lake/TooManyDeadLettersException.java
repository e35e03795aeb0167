package org.anabranch.lake;

/** More records could not be processed than a run may have: nothing but these was committed. */
public final class TooManyDeadLettersException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final long dead;
  private final long allowed;

  TooManyDeadLettersException(long dead, long allowed) {
    super(dead + " records could not be processed, more than the " + allowed + " allowed");
    this.dead = dead;
    this.allowed = allowed;
  }

  public long dead() {
    return dead;
  }

  public long allowed() {
    return allowed;
  }
}
