package org.anabranch.kafka;

import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Internal;

/**
 * How far a job has read topics, as its tables know it: the place {@code read:JOB/TOPIC/PARTITION}
 * is the offset before which everything is in. A slice that begins behind it leaves it where it is,
 * for the records in between are not in.
 *
 * @param job name of the job
 * @param offsets by {@code TOPIC/PARTITION}
 */
@Internal
public record JobProgress(String job, Map<String, Long> offsets) {

  private static final String READ = "read:";

  public JobProgress {
    offsets = Map.copyOf(offsets);
  }

  /** What places of tables say. */
  public static JobProgress of(String job, Map<String, Long> places) {
    String prefix = prefix(job);
    Map<String, Long> offsets = new TreeMap<>();
    places.forEach(
        (place, at) -> {
          if (place.startsWith(prefix)) {
            offsets.put(place.substring(prefix.length()), at);
          }
        });
    return new JobProgress(job, offsets);
  }

  /** The same where partitions without progress start at such offsets. */
  public JobProgress orElse(Map<String, Long> starts) {
    Map<String, Long> all = new TreeMap<>(starts);
    all.putAll(offsets);
    return new JobProgress(job, all);
  }

  /**
   * Places of the job once slices are in.
   *
   * @param from where partitions that nobody has read yet start
   */
  public Map<String, Long> after(TopicSlices slices, StartAt from) {
    Map<String, Long> read = new TreeMap<>();
    for (TopicSlice slice : slices.slices()) {
      Long before = offsets.get(slice.name());
      boolean isWhole = before == null ? startsAtFirst(from) : slice.start() <= before;
      if (isWhole) {
        read.put(prefix(job) + slice.name(), slice.end());
      }
    }

    return read;
  }

  /** Whether a partition nobody has read yet is read from its first record. */
  private static boolean startsAtFirst(StartAt from) {
    return from instanceof StartAt.Progress || from instanceof StartAt.Earliest;
  }

  private static String prefix(String job) {
    return READ + job + "/";
  }
}
