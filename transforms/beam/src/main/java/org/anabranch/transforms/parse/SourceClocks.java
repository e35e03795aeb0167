package org.anabranch.transforms.parse;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * How far the times of the sources have come, which ends the retention of deletes. A record's time
 * counts at most as the time that the log has for it; of a record whose log has none, a time that
 * lies in the future does not count: no single record moves the clock of a source on.
 */
final class SourceClocks {

  /** Name of the place in a table's progress, before that of the source. */
  static final String PLACE = "clock:";

  /** Clocks of machines differ, and a run may go on for a while. */
  private static final long SLACK_MICROS = TimeUnit.DAYS.toMicros(1);

  private final long latestMicros;
  private final Map<String, Long> clocks = new TreeMap<>();
  private String lastSource = "";
  private long lastMicros;

  /**
   * @param nowMicros when the run began
   */
  SourceClocks(long nowMicros) {
    latestMicros =
        nowMicros > Long.MAX_VALUE - SLACK_MICROS ? Long.MAX_VALUE : nowMicros + SLACK_MICROS;
  }

  /**
   * Sees a change.
   *
   * @param timeMicros time the source has for it; 0 for none
   * @param logMicros time the log has for it; 0 for none
   */
  @SuppressWarnings({"ReferenceEquality", "StringEquality"}) // Nearly always the same object.
  void see(String source, long timeMicros, long logMicros) {
    if (source != lastSource) {
      note();
      lastSource = source;
      lastMicros = 0;
    }

    long counted = logMicros > 0 ? Math.min(timeMicros, logMicros) : timeMicros;
    if (counted > lastMicros && counted <= latestMicros) {
      lastMicros = counted;
    }
  }

  private void note() {
    if (lastMicros > 0) {
      clocks.merge(lastSource, lastMicros, Math::max);
    }
  }

  /** Places of a table's progress. */
  Map<String, Long> places() {
    note();
    Map<String, Long> places = new TreeMap<>();
    clocks.forEach((source, micros) -> places.put(PLACE + source, micros));
    return places;
  }
}
