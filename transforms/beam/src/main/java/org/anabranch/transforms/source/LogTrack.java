package org.anabranch.transforms.source;

import java.util.ArrayList;
import java.util.List;

/**
 * How the positions of one source run along one partition of a log: rising stretches in the order
 * of their offsets. In an ordinary log there is one; a source that sends changes again, or whose
 * numbers start again, begins another. Tracks of parts of a log are joined in any order.
 *
 * @param source who numbers the changes
 * @param log the log and its partition, {@code LOG/PARTITION}
 * @param segments stretches by offset
 */
public record LogTrack(String source, String log, List<LogSegment> segments) {

  /** More stretches than a log in any order of its own has. */
  private static final int MAX_SEGMENTS = 10_000;

  public LogTrack {
    segments = joined(segments);
  }

  /** Joins stretches that go on; of too many, neighbours are taken together. */
  private static List<LogSegment> joined(List<LogSegment> segments) {
    List<LogSegment> sorted = new ArrayList<>(segments);
    sorted.sort(LogSegment.BY_OFFSET);
    List<LogSegment> joined = new ArrayList<>();
    for (LogSegment segment : sorted) {
      int last = joined.size() - 1;
      if (last >= 0 && joined.get(last).isContinuedBy(segment)) {
        joined.set(last, joined.get(last).join(segment));
      } else {
        joined.add(segment);
      }
    }

    return List.copyOf(joined.size() > MAX_SEGMENTS ? halved(joined) : joined);
  }

  private static List<LogSegment> halved(List<LogSegment> segments) {
    List<LogSegment> half = new ArrayList<>();
    for (LogSegment segment : segments) {
      int last = half.size() - 1;
      boolean fits = last >= 0 && half.get(last).isSnapshot() == segment.isSnapshot();
      if (fits && half.size() > MAX_SEGMENTS / 2) {
        half.set(last, half.get(last).join(segment));
      } else {
        half.add(segment);
      }
    }

    return half;
  }

  LogTrack join(LogTrack other) {
    return joining(List.of(this, other));
  }

  /** Joins tracks of one source and log. */
  static LogTrack joining(List<LogTrack> parts) {
    List<LogSegment> all = new ArrayList<>();
    parts.forEach(part -> all.addAll(part.segments));
    return new LogTrack(parts.get(0).source, parts.get(0).log, all);
  }

  LogTrack withSource(String other) {
    return new LogTrack(other, log, segments);
  }

  /** Whether a log, given with its partition, is a file; names of topics have no slash. */
  static boolean isFile(String log) {
    int end = log.lastIndexOf('/');
    return log.lastIndexOf('/', end - 1) >= 0 || log.indexOf('\\') >= 0;
  }
}
