package org.anabranch.transforms.source;

import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.LogNames;

/** Where a generation of a source is declared to begin. */
public sealed interface Boundary extends Serializable {

  /**
   * Whether a change is of the new generation.
   *
   * @param timeMicros source time of the change; 0 where it is not known
   */
  boolean isPassed(String log, long partition, long offset, long timeMicros);

  /**
   * A time of the source, in microseconds since the epoch.
   *
   * @param micros of the first change of the new generation
   */
  record AtTime(long micros) implements Boundary {

    @Override
    public boolean isPassed(String log, long partition, long offset, long timeMicros) {
      return timeMicros != 0 && timeMicros >= micros;
    }
  }

  /**
   * Offsets of partitions.
   *
   * @param offsets of the first record of the new generation, by {@code LOG/PARTITION}; partitions
   *     that are not named have not reached it
   */
  record AtOffsets(Map<String, Long> offsets) implements Boundary {

    public AtOffsets {
      offsets = new TreeMap<>(offsets);
    }

    @Override
    public boolean isPassed(String log, long partition, long offset, long timeMicros) {
      Long from = offsets.get(log + "/" + partition);
      return from != null && offset >= from;
    }
  }

  /**
   * A line of a file. Files of its directory come before or after it in the order of their names.
   *
   * @param file path
   * @param offset of the first byte of the line in the uncompressed file
   */
  record AtLine(String file, long offset) implements Boundary {

    @Override
    public boolean isPassed(String log, long partition, long at, long timeMicros) {
      if (log.equals(file)) {
        return at >= offset;
      }

      int end = file.lastIndexOf('/') + 1;
      boolean isBeside = log.lastIndexOf('/') + 1 == end && log.startsWith(file.substring(0, end));
      return isBeside && LogNames.ORDER.compare(log, file) > 0;
    }
  }
}
