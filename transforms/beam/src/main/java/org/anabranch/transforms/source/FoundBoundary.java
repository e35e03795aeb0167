package org.anabranch.transforms.source;

import java.util.Map;

/**
 * Where in a log the numbers of a source started again.
 *
 * @param source who numbers the changes
 * @param log the log and its partition, {@code LOG/PARTITION}
 * @param offset of the first record of the new generation
 */
public record FoundBoundary(String source, String log, long offset)
    implements Comparable<FoundBoundary> {

  /** A file is followed by those beside it that come after it by name. */
  Boundary toBoundary() {
    return LogTrack.isFile(log)
        ? new Boundary.AtLine(log.substring(0, log.lastIndexOf('/')), offset)
        : new Boundary.AtOffsets(Map.of(log, offset));
  }

  @Override
  public int compareTo(FoundBoundary other) {
    int order = source.compareTo(other.source);
    if (order == 0) {
      order = log.compareTo(other.log);
    }

    return order == 0 ? Long.compare(offset, other.offset) : order;
  }
}
