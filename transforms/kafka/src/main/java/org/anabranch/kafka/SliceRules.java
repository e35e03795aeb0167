package org.anabranch.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * From where to where partitions can be read, and what is wrong with offsets that ask for more.
 *
 * @param partitions in order
 * @param first offset of the first record that is still there
 * @param last offset behind the last committed record
 */
record SliceRules(
    List<TopicPartition> partitions,
    Map<TopicPartition, Long> first,
    Map<TopicPartition, Long> last) {

  /** Starts as somebody named them; other partitions start at the first record. */
  Map<TopicPartition, Long> starts(Map<String, Long> named) {
    return named(named, first);
  }

  /** Ends as somebody named them; other partitions end behind the last record. */
  Map<TopicPartition, Long> ends(Map<String, Long> named) {
    return named(named, last);
  }

  private Map<TopicPartition, Long> named(
      Map<String, Long> named, Map<TopicPartition, Long> otherwise) {
    Map<TopicPartition, Long> offsets = new HashMap<>(otherwise);
    named.forEach(
        (name, offset) -> {
          TopicPartition partition = partition(name);
          if (partition == null) {
            throw new IllegalArgumentException(
                "there is no partition " + name + " among those to be read");
          }

          if (offset < first(partition) || offset > last(partition)) {
            throw new IllegalArgumentException(
                "offsets of %s go from %d to %d, but was: %d"
                    .formatted(name, first(partition), last(partition), offset));
          }

          offsets.put(partition, offset);
        });
    return offsets;
  }

  private @Nullable TopicPartition partition(String name) {
    for (TopicPartition partition : partitions) {
      if (name(partition).equals(name)) {
        return partition;
      }
    }

    return null;
  }

  private static String name(TopicPartition partition) {
    return TopicSlice.name(partition.topic(), partition.partition());
  }

  private long first(TopicPartition partition) {
    return of(first, partition);
  }

  private long last(TopicPartition partition) {
    return of(last, partition);
  }

  private static long of(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    Long offset = offsets.get(partition);
    if (offset == null) {
      throw new IllegalStateException("the brokers gave no offset of " + name(partition));
    }

    return offset;
  }

  /** Offsets found by time, within what can be read; a time after all records is the end. */
  Map<TopicPartition, Long> clamped(Map<TopicPartition, Long> found) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    found.forEach(
        (partition, offset) -> {
          long last = last(partition);
          long at = offset < 0 ? last : Math.min(offset, last);
          offsets.put(partition, Math.max(at, first(partition)));
        });
    return offsets;
  }

  /**
   * Refuses topics that were made anew: their records cannot be told from the ones of before.
   *
   * @param read next offset by {@code TOPIC/PARTITION}
   * @throws IllegalStateException where a partition ends before that, or does not exist
   */
  void requireNotMadeAnew(Collection<String> topics, Map<String, Long> read) {
    read.forEach(
        (name, offset) -> {
          if (!topics.contains(topic(name))) {
            return;
          }

          TopicPartition partition = partition(name);
          if (partition == null) {
            throw madeAnew(name, offset, "does not exist");
          }

          if (offset > last(partition)) {
            throw madeAnew(name, offset, "ends at offset " + last(partition));
          }
        });
  }

  private static String topic(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('/')));
  }

  /**
   * Starts where progress ends, of topics that were not made anew; partitions without progress
   * start at the first record.
   *
   * @throws IllegalStateException where that would pass over records
   */
  Map<TopicPartition, Long> resumed(Collection<String> topics, Map<String, Long> progress) {
    Map<TopicPartition, Long> offsets = new HashMap<>(first);
    progress.forEach(
        (name, offset) -> {
          if (!topics.contains(topic(name))) {
            return;
          }

          TopicPartition partition = Objects.requireNonNull(partition(name));
          if (offset < first(partition)) {
            throw new IllegalStateException(
                ("%s was read up to offset %d, but its records before offset %d were removed: they"
                        + " are lost to the tables; to go on without them give the job another name"
                        + " (--job=NAME), under which it starts at what is left")
                    .formatted(name, offset, first(partition)));
          }

          offsets.put(partition, offset);
        });
    return offsets;
  }

  private static IllegalStateException madeAnew(String name, long offset, String fact) {
    return new IllegalStateException(
        "%s was read up to offset %d, but %s: its topic was made anew; to read it from its first record give the job another name (--job=NAME)"
            .formatted(name, offset, fact));
  }

  /** The same of some partitions; of all where none is named. */
  SliceRules of(Set<String> named) {
    return named.isEmpty()
        ? this
        : new SliceRules(
            partitions.stream().filter(partition -> named.contains(name(partition))).toList(),
            first,
            last);
  }

  /** Slices; one whose end lies before its start has nothing to read. */
  TopicSlices slices(Map<TopicPartition, Long> starts, Map<TopicPartition, Long> ends) {
    List<TopicSlice> slices = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      long start = of(starts, partition);
      long end = Math.max(start, of(ends, partition));
      slices.add(new TopicSlice(partition.topic(), partition.partition(), start, end));
    }

    return new TopicSlices(slices);
  }
}
