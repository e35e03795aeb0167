package org.anabranch.pipelines;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * How long records took from their topic to where a reader of the table sees them.
 *
 * @param sorted milliseconds of all records, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // Large; made and read here only.
record Latencies(long[] sorted) {

  /**
   * What a reader found when it looked.
   *
   * @param millis when
   * @param ends offsets before which everything was in, by partition
   */
  record Sighting(long millis, Map<Integer, Long> ends) {}

  /** A record's place and its time. */
  record Sent(int partition, long offset, long millis) {}

  /**
   * Latency of each record: the time of the first sighting that has it, less its own.
   *
   * @param sightings in the order of their times
   * @throws IllegalArgumentException for a record that no sighting has
   */
  static Latencies of(List<Sighting> sightings, List<Sent> records) {
    List<Sent> ordered = new ArrayList<>(records);
    ordered.sort(
        (left, right) ->
            left.partition() == right.partition()
                ? Long.compare(left.offset(), right.offset())
                : Integer.compare(left.partition(), right.partition()));
    long[] millis = new long[ordered.size()];
    int sighting = 0;
    int partition = -1;
    for (int i = 0; i < millis.length; i++) {
      Sent record = ordered.get(i);
      if (record.partition() != partition) {
        partition = record.partition();
        sighting = 0;
      }

      while (sighting < sightings.size()
          && sightings.get(sighting).ends().getOrDefault(partition, 0L) <= record.offset()) {
        sighting++;
      }

      if (sighting == sightings.size()) {
        throw new IllegalArgumentException("nobody has seen " + record);
      }

      millis[i] = sightings.get(sighting).millis() - record.millis();
    }

    Arrays.sort(millis);
    return new Latencies(millis);
  }

  /** Seconds within which this part of the records was there, by the nearest rank. */
  double seconds(double part) {
    int rank = (int) Math.ceil(part * sorted.length);
    return sorted[Math.max(0, rank - 1)] / 1000.0;
  }
}
