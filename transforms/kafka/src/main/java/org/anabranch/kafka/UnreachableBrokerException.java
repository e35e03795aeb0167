package org.anabranch.kafka;

import org.anabranch.model.Internal;

/** No broker answered in time. */
@Internal
public final class UnreachableBrokerException extends IllegalStateException {

  private static final long serialVersionUID = 1;

  UnreachableBrokerException(String message) {
    super(message);
  }
}
