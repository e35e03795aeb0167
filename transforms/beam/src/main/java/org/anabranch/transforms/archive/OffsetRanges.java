package org.anabranch.transforms.archive;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Sets of offsets by partition, as ranges. Text: {@code TOPIC/PARTITION:START-END[,START-END...]},
 * partitions separated by semicolons (no name of a topic has any of these), {@code END} exclusive,
 * in order and apart from each other.
 */
public final class OffsetRanges implements Serializable {

  private static final long serialVersionUID = 1;

  public static final OffsetRanges NONE = new OffsetRanges(new TreeMap<>());

  /** Ends by starts, by partition. */
  private final TreeMap<String, NavigableMap<Long, Long>> partitions;

  private OffsetRanges(Map<String, NavigableMap<Long, Long>> partitions) {
    this.partitions = new TreeMap<>(partitions);
  }

  /**
   * Reads the text.
   *
   * @throws IllegalArgumentException for any other text
   */
  public static OffsetRanges parse(String text) {
    OffsetRanges ranges = NONE;
    if (text.isEmpty()) {
      return ranges;
    }

    for (String partition : text.split(";", -1)) {
      int colon = partition.lastIndexOf(':');
      for (String range : partition.substring(colon + 1).split(",", -1)) {
        int dash = range.indexOf('-');
        if (colon < 1 || dash < 1) {
          throw new IllegalArgumentException("must be ranges of offsets, but was: " + text);
        }

        ranges =
            ranges.with(
                partition.substring(0, colon),
                Long.parseLong(range.substring(0, dash)),
                Long.parseLong(range.substring(dash + 1)));
      }
    }

    return ranges;
  }

  /** These and a range more. */
  public OffsetRanges with(String partition, long start, long end) {
    if (start >= end) {
      return this;
    }

    TreeMap<Long, Long> ranges = new TreeMap<>();
    long from = start;
    long to = end;
    for (Map.Entry<Long, Long> range : of(partition).entrySet()) {
      if (range.getValue() < from || range.getKey() > to) {
        ranges.put(range.getKey(), range.getValue());
      } else {
        from = Math.min(from, range.getKey());
        to = Math.max(to, range.getValue());
      }
    }

    ranges.put(from, to);
    Map<String, NavigableMap<Long, Long>> joined = new TreeMap<>(partitions);
    joined.put(partition, ranges);
    return new OffsetRanges(joined);
  }

  /** Where the last range of each partition ends. */
  public Map<String, Long> ends() {
    Map<String, Long> ends = new TreeMap<>();
    partitions.forEach((partition, ranges) -> ends.put(partition, ranges.lastEntry().getValue()));
    return ends;
  }

  /** How many partitions have any. */
  public int partitions() {
    return partitions.size();
  }

  private NavigableMap<Long, Long> of(String partition) {
    return partitions.getOrDefault(partition, new TreeMap<>());
  }

  public boolean contains(String partition, long offset) {
    Map.Entry<Long, Long> range = of(partition).floorEntry(offset);
    return range != null && offset < range.getValue();
  }

  /** Whether all offsets from {@code start} to before {@code end} are in. */
  public boolean containsAll(String partition, long start, long end) {
    Map.Entry<Long, Long> range = of(partition).floorEntry(start);
    return start >= end || (range != null && end <= range.getValue());
  }

  /** Whether any offset from {@code start} to before {@code end} is in. */
  public boolean containsAny(String partition, long start, long end) {
    Map.Entry<Long, Long> range = of(partition).lowerEntry(end);
    return start < end && range != null && range.getValue() > start;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof OffsetRanges ranges && ranges.partitions.equals(partitions);
  }

  @Override
  public int hashCode() {
    return partitions.hashCode();
  }

  @Override
  public String toString() {
    List<String> texts = new ArrayList<>();
    partitions.forEach(
        (partition, ranges) -> {
          List<String> parts = new ArrayList<>();
          ranges.forEach((start, end) -> parts.add(start + "-" + end));
          texts.add(partition + ":" + String.join(",", parts));
        });
    return String.join(";", texts);
  }
}
