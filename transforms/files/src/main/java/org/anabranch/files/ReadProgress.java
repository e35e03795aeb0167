package org.anabranch.files;

import java.util.concurrent.atomic.LongAdder;
import org.anabranch.model.Internal;

/**
 * Bytes of input read so far by this process, for the progress line of embedded runners. Bytes of a
 * repeated bundle count again; a cluster's workers count in their own processes.
 */
@Internal
public final class ReadProgress {

  private static final LongAdder BYTES = new LongAdder();

  private ReadProgress() {}

  static void add(long bytes) {
    BYTES.add(bytes);
  }

  public static long bytesRead() {
    return BYTES.sum();
  }
}
