package org.anabranch.lake;

import java.util.List;
import org.anabranch.model.Internal;

/** Tables contradict themselves: nothing of them was committed. */
@Internal
public final class TablesRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final List<String> refusals;

  TablesRefusedException(List<String> refusals) {
    super(String.join("; ", refusals));
    this.refusals = List.copyOf(refusals);
  }

  /** A line for each reason, with the table and the option that decides. */
  public List<String> refusals() {
    return refusals;
  }
}
