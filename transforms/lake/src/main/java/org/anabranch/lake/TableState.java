package org.anabranch.lake;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.model.Schema;
import org.anabranch.transforms.source.TableFacts;

/**
 * What is kept beside a table, as of one of our commits.
 *
 * @param buckets number of buckets; fixed for the life of the table
 * @param keyForm form of the bytes of keys, by which rows are sorted and spread over the buckets
 * @param key names of the key columns
 * @param schema columns and types as the sources have them
 * @param segments files of the records kept beside the rows
 * @param tokens runs whose changes are in, oldest first; the newest {@link #MAX_TOKENS} of them
 * @param progress how far the changes of each source are in, by source; never goes back, but for
 *     the versions that a computed table was computed from ({@link ComputedTables})
 * @param counters things that happened, counted since the table was made
 * @param facts what is remembered of the changes beside their rows
 */
record TableState(
    int buckets,
    int keyForm,
    List<String> key,
    Schema schema,
    List<Segment> segments,
    List<String> tokens,
    Map<String, Long> progress,
    Map<String, Long> counters,
    TableFacts facts) {

  /** More than a run that is still unresolved can lie behind: a week of one run a minute. */
  static final int MAX_TOKENS = 10_000;

  /** Commits that found the table changed by others. */
  static final String CONFLICTS = "conflicts";

  /** Keys as {@link org.anabranch.model.KeyWriter} writes them. */
  static final int KEY_FORM = 2;

  /** Keys whose bytes depended on the types of the values. */
  static final int TYPED_KEY_FORM = 1;

  static final TableState EMPTY =
      new TableState(
          0,
          KEY_FORM,
          List.of(),
          Schema.EMPTY,
          List.of(),
          List.of(),
          Map.of(),
          Map.of(),
          TableFacts.NONE);

  TableState {
    key = List.copyOf(key);
    segments = List.copyOf(segments);
    tokens = List.copyOf(tokens.subList(Math.max(0, tokens.size() - MAX_TOKENS), tokens.size()));
    progress = Collections.unmodifiableMap(new TreeMap<>(progress));
    counters = Collections.unmodifiableMap(new TreeMap<>(counters));
  }

  boolean contains(String run) {
    return tokens.contains(run);
  }

  /** Whether some of this progress is not in yet. */
  boolean lacks(Map<String, Long> other) {
    return other.entrySet().stream()
        .anyMatch(
            entry -> {
              Long known = progress.get(entry.getKey());
              return known == null
                  || (ComputedTables.isOfComputation(entry.getKey())
                      ? !known.equals(entry.getValue())
                      : known < entry.getValue());
            });
  }

  /** The state with what a run adds. */
  TableState with(
      String run,
      Schema added,
      List<Segment> newSegments,
      Map<String, Long> newProgress,
      long conflicts,
      TableFacts newFacts) {
    List<String> newTokens = new ArrayList<>(tokens);
    newTokens.add(run);
    Map<String, Long> joined = new TreeMap<>(progress);
    newProgress.forEach(
        (source, place) ->
            joined.merge(
                source,
                place,
                ComputedTables.isOfComputation(source) ? (old, now) -> now : Math::max));
    Map<String, Long> counted = new TreeMap<>(counters);
    if (conflicts > 0) {
      counted.merge(CONFLICTS, conflicts, Long::sum);
    }

    return new TableState(
        buckets,
        keyForm,
        key,
        schema.join(added),
        newSegments,
        newTokens,
        joined,
        counted,
        newFacts);
  }

  /** The same without the places that begin so. */
  TableState without(List<String> prefixes) {
    Map<String, Long> left = new TreeMap<>(progress);
    left.keySet().removeIf(place -> prefixes.stream().anyMatch(place::startsWith));
    return new TableState(buckets, keyForm, key, schema, segments, tokens, left, counters, facts);
  }

  /** The same with its kept records in these files. */
  TableState withSegments(List<Segment> others) {
    return new TableState(buckets, keyForm, key, schema, others, tokens, progress, counters, facts);
  }

  /** The state of a table all of whose rows are by another key from now on. */
  TableState rekeyed(List<String> newKey) {
    return new TableState(
        buckets, KEY_FORM, newKey, schema, segments, tokens, progress, counters, facts);
  }

  /**
   * Form of the keys of a table that was written before keys had forms. Those of integers and UUIDs
   * are the same in both.
   */
  static int keyFormOfOld(List<String> key, Schema schema) {
    for (String name : key) {
      Schema.Column column = schema.column(name);
      boolean isSame =
          column != null
              && switch (column.type().kind()) {
                case INT32, INT64, UUID -> true;
                default -> false;
              };
      if (!isSame) {
        return TYPED_KEY_FORM;
      }
    }

    return KEY_FORM;
  }

  /** Segments of other buckets than these. */
  List<Segment> segmentsOutside(Set<Integer> buckets) {
    return segments.stream().filter(segment -> !buckets.contains(segment.bucket())).toList();
  }

  /** The columns as a {@link TableHandle} has them. */
  List<String> columns() {
    return Columns.toText(schema);
  }
}
