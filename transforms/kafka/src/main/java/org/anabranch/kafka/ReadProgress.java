package org.anabranch.kafka;

import java.util.concurrent.atomic.LongAdder;
import org.anabranch.model.Internal;

/**
 * Records read so far by this process, for the progress line of embedded runners. Records of a
 * repeated bundle count again; a cluster's workers count in their own processes.
 */
@Internal
public final class ReadProgress {

  private static final LongAdder RECORDS = new LongAdder();
  private static final LongAdder BYTES = new LongAdder();

  private ReadProgress() {}

  static void add(long records, long bytes) {
    RECORDS.add(records);
    BYTES.add(bytes);
  }

  public static long recordsRead() {
    return RECORDS.sum();
  }

  /** Bytes of keys and values. */
  public static long bytesRead() {
    return BYTES.sum();
  }
}
