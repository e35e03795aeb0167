package org.anabranch.kafka;

import java.io.Serializable;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Internal;

/** Where reading ends in each partition; never behind what is committed now. */
@Internal
public sealed interface EndAt extends Serializable {

  /** Behind the last committed record. */
  record Now() implements EndAt {}

  /** Before the first record with this time or a later one. */
  record Time(Instant time) implements EndAt {}

  /** Before these offsets by {@code TOPIC/PARTITION}; other partitions as now. */
  record Offsets(Map<String, Long> offsets) implements EndAt {
    public Offsets {
      offsets = new TreeMap<>(offsets);
    }
  }

  static EndAt now() {
    return new Now();
  }

  static EndAt timestamp(Instant time) {
    return new Time(time);
  }

  static EndAt offsets(Map<String, Long> offsets) {
    return new Offsets(offsets);
  }

  /**
   * Reads {@code now}, a time such as {@code 2026-11-24T20:00:00Z}, or {@code
   * TOPIC/PARTITION:OFFSET}, several separated by commas.
   *
   * @throws IllegalArgumentException for anything else
   */
  static EndAt parse(String text) {
    if (text.equals("now")) {
      return now();
    }

    return OffsetText.isOffsets(text)
        ? offsets(OffsetText.parse(text))
        : timestamp(OffsetText.time(text, "now, "));
  }
}
