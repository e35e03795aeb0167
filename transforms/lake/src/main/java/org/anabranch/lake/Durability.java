package org.anabranch.lake;

import org.anabranch.model.Internal;

/** What committed tables survive. */
@Internal
public enum Durability {

  /**
   * Also that the machine loses its power: every file, and the directory it is in, is forced to the
   * disk before anything that needs it is. On a local disk that costs about half a millisecond a
   * file.
   */
  POWER_CUT,

  /** That processes die; what the operating system has not written yet may be lost with it. */
  PROCESS
}
