package org.anabranch.lake;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a run has come with its sources, committed together with its changes.
 *
 * @param places by source, such as {@code log:TOPIC/PARTITION} (next offset), {@code source:NAME}
 *     (newest source time in microseconds), {@code file:PATH} (bytes); a table keeps the greatest
 *     of each
 * @param text the same for people
 */
public record Progress(Map<String, Long> places, String text) {

  public static final Progress NONE = new Progress(Map.of(), "");

  public Progress {
    places = Collections.unmodifiableMap(new TreeMap<>(places));
  }
}
