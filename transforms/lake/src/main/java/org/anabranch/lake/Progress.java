package org.anabranch.lake;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Internal;

/**
 * How far a run has come with its sources, committed together with its changes.
 *
 * @param places by source, such as {@code log:TOPIC/PARTITION} (next offset), {@code source:NAME}
 *     (newest source time in microseconds), {@code file:PATH} (bytes); a table keeps the greatest
 *     of each
 * @param read what a job need not read again, such as {@code read:JOB/TOPIC/PARTITION} (next
 *     offset); only the last table of a run keeps it, for only then all of it is in
 * @param text the same for people
 */
@Internal
public record Progress(Map<String, Long> places, Map<String, Long> read, String text) {

  public static final Progress NONE = new Progress(Map.of(), "");

  public Progress {
    places = Collections.unmodifiableMap(new TreeMap<>(places));
    read = Collections.unmodifiableMap(new TreeMap<>(read));
  }

  /** Of a run whose input is given each time. */
  public Progress(Map<String, Long> places, String text) {
    this(places, Map.of(), text);
  }

  /** The same with some more places. */
  Progress with(Map<String, Long> more) {
    Map<String, Long> all = new TreeMap<>(places);
    all.putAll(more);
    return new Progress(all, read, text);
  }

  /** What a table that is not the last one keeps. */
  Progress beforeLast() {
    return new Progress(places, text);
  }

  /** What a table keeps. */
  Map<String, Long> all() {
    Map<String, Long> all = new TreeMap<>(places);
    all.putAll(read);
    return all;
  }
}
