package org.anabranch.kafka;

import java.io.Serializable;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Internal;

/** Where reading starts in each partition. */
@Internal
public sealed interface StartAt extends Serializable {

  /** At the first record that is still there. */
  record Earliest() implements StartAt {}

  /** Behind the last record: nothing that is there now is read. */
  record Latest() implements StartAt {}

  /** At the first record with this time or a later one. */
  record Time(Instant time) implements StartAt {}

  /** At these offsets by {@code TOPIC/PARTITION}; other partitions at the first record. */
  record Offsets(Map<String, Long> offsets) implements StartAt {
    public Offsets {
      offsets = new TreeMap<>(offsets);
    }
  }

  /** Where the committed progress ends; partitions without progress at the first record. */
  record Progress() implements StartAt {}

  static StartAt earliest() {
    return new Earliest();
  }

  static StartAt latest() {
    return new Latest();
  }

  static StartAt timestamp(Instant time) {
    return new Time(time);
  }

  static StartAt offsets(Map<String, Long> offsets) {
    return new Offsets(offsets);
  }

  static StartAt progress() {
    return new Progress();
  }

  /**
   * Reads {@code earliest}, {@code latest}, a time such as {@code 2026-11-24T20:00:00Z}, or {@code
   * TOPIC/PARTITION:OFFSET}, several separated by commas.
   *
   * @throws IllegalArgumentException for anything else
   */
  static StartAt parse(String text) {
    return switch (text) {
      case "earliest" -> earliest();
      case "latest" -> latest();
      default ->
          OffsetText.isOffsets(text)
              ? offsets(OffsetText.parse(text))
              : timestamp(OffsetText.time(text, "earliest, latest, "));
    };
  }
}
