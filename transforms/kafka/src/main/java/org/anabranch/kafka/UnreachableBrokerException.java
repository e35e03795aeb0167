package org.anabranch.kafka;

/** No broker answered in time. */
public final class UnreachableBrokerException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  UnreachableBrokerException(String message) {
    super(message);
  }
}
