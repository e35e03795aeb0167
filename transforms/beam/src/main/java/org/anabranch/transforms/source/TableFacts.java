package org.anabranch.transforms.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.anabranch.transforms.source.LogSegment.Place;

/**
 * What the changes of a table say of it beside their rows: what they must agree on, and how the
 * positions of its sources run along their logs. Facts of parts of the input, and those that are
 * stored with the table, are joined in any order.
 *
 * @param values by kind: each value that was said
 * @param tracks by source and log
 * @param boundaries where numbers have started again, as was found
 */
public record TableFacts(
    SortedMap<String, SortedSet<String>> values,
    List<LogTrack> tracks,
    SortedSet<FoundBoundary> boundaries) {

  /** Who numbers the changes: {@code connector:server:database.schema}. */
  public static final String SOURCE = "source";

  /** Value of {@link #SOURCE} for events that no connector made. */
  public static final String NO_SOURCE = "";

  /** A connector whose order is not known. */
  public static final String UNKNOWN_ORDER = "unknown-order";

  /** Key columns that the keys of events have, with a plus between them. */
  public static final String KEY = "key";

  /** A field of a key that no row has, and its value: {@code FIELD=VALUE}. */
  public static final String SHARD = "shard";

  /** The table is declared. */
  public static final String DECLARED = "declared";

  /** Key columns that are declared. */
  public static final String DECLARED_KEY = "declared-key";

  /** The table got the change by a route that was given. */
  public static final String ROUTED = "routed";

  /** Why the table is refused. */
  public static final String REFUSED = "refused";

  /**
   * Values of a kind that are kept, the least ones: what is data by mistake must not fill memory.
   */
  public static final int MAX_VALUES = 64;

  public static final TableFacts NONE =
      new TableFacts(new TreeMap<>(), List.of(), Collections.emptySortedSet());

  private static final String TRACK = "track";
  private static final String BOUNDARY = "boundary";
  private static final String FACT = "fact";

  public TableFacts {
    SortedMap<String, SortedSet<String>> copy = new TreeMap<>();
    values.forEach((kind, set) -> copy.put(kind, least(set)));
    values = Collections.unmodifiableSortedMap(copy);
    tracks = joined(tracks);
    boundaries = Collections.unmodifiableSortedSet(copy(boundaries));
  }

  private static SortedSet<String> least(SortedSet<String> values) {
    return Collections.unmodifiableSortedSet(
        values.stream().limit(MAX_VALUES).collect(Collectors.toCollection(TreeSet::new)));
  }

  private static <T extends Comparable<T>> SortedSet<T> copy(Collection<T> values) {
    return new TreeSet<>(values);
  }

  /** Each log has one track, made of all its stretches at once: there may be thousands. */
  private static List<LogTrack> joined(List<LogTrack> tracks) {
    SortedMap<String, List<LogTrack>> byLog = new TreeMap<>();
    for (LogTrack track : tracks) {
      byLog
          .computeIfAbsent(track.source() + "\t" + track.log(), log -> new ArrayList<>())
          .add(track);
    }

    List<LogTrack> joined = new ArrayList<>();
    for (List<LogTrack> parts : byLog.values()) {
      joined.add(parts.size() == 1 ? parts.get(0) : LogTrack.joining(parts));
    }

    return List.copyOf(joined);
  }

  /** Facts with one value. */
  public static TableFacts of(String kind, String value) {
    return new TableFacts(
        new TreeMap<>(java.util.Map.of(kind, new TreeSet<>(List.of(value)))),
        List.of(),
        Collections.emptySortedSet());
  }

  public boolean isEmpty() {
    return values.isEmpty() && tracks.isEmpty() && boundaries.isEmpty();
  }

  /** Values of a kind; none where nothing was said. */
  public SortedSet<String> values(String kind) {
    return values.getOrDefault(kind, Collections.emptySortedSet());
  }

  public TableFacts join(TableFacts other) {
    if (other.isEmpty()) {
      return this;
    }

    if (isEmpty()) {
      return other;
    }

    SortedMap<String, SortedSet<String>> joined = new TreeMap<>();
    values.forEach((kind, set) -> joined.put(kind, copy(set)));
    other.values.forEach(
        (kind, set) -> joined.computeIfAbsent(kind, added -> new TreeSet<>()).addAll(set));
    List<LogTrack> all = new ArrayList<>(tracks);
    all.addAll(other.tracks);
    SortedSet<FoundBoundary> found = copy(boundaries);
    found.addAll(other.boundaries);
    return new TableFacts(joined, all, found);
  }

  /** One line a fact, from which {@link #fromText} makes the facts again. */
  public List<String> toText() {
    List<String> lines = new ArrayList<>();
    values.forEach(
        (kind, set) -> set.forEach(value -> lines.add(FactLines.join(FACT, kind, value))));
    for (LogTrack track : tracks) {
      track.segments().forEach(segment -> lines.add(line(track, segment)));
    }

    boundaries.forEach(
        found ->
            lines.add(
                FactLines.join(
                    BOUNDARY,
                    found.source(),
                    found.log(),
                    Long.toString(found.offset()),
                    Long.toString(found.micros()))));
    return lines;
  }

  private static String line(LogTrack track, LogSegment segment) {
    return FactLines.join(
        TRACK,
        track.source(),
        track.log(),
        Boolean.toString(segment.isSnapshot()),
        Boolean.toString(segment.isMixed()),
        Long.toString(segment.firstOffset()),
        Long.toString(segment.lastOffset()),
        text(segment.first()),
        text(segment.last()),
        Long.toString(segment.minTime()),
        Long.toString(segment.maxTime()));
  }

  private static String text(Place place) {
    return place.major() + "." + place.minor() + "." + place.row() + "." + place.server();
  }

  private static Place place(String text) {
    String[] numbers = text.split("\\.", 4);
    return new Place(
        Long.parseLong(numbers[0]),
        Long.parseLong(numbers[1]),
        Long.parseLong(numbers[2]),
        numbers[3]);
  }

  /**
   * Reverse of {@link #toText}. Lines of other kinds are of later programs, and left out.
   *
   * @throws IllegalArgumentException where a line is broken
   */
  public static TableFacts fromText(List<String> lines) {
    SortedMap<String, SortedSet<String>> values = new TreeMap<>();
    List<LogTrack> tracks = new ArrayList<>();
    SortedSet<FoundBoundary> boundaries = new TreeSet<>();
    for (String line : lines) {
      List<String> parts = FactLines.split(line);
      try {
        switch (parts.get(0)) {
          case FACT ->
              values.computeIfAbsent(parts.get(1), kind -> new TreeSet<>()).add(parts.get(2));
          case TRACK -> tracks.add(track(parts));
          case BOUNDARY ->
              boundaries.add(
                  new FoundBoundary(
                      parts.get(1),
                      parts.get(2),
                      Long.parseLong(parts.get(3)),
                      Long.parseLong(parts.get(4))));
          default -> {}
        }
      } catch (IndexOutOfBoundsException | NumberFormatException e) {
        throw new IllegalArgumentException("not a fact of a table: " + line, e);
      }
    }

    return new TableFacts(values, tracks, boundaries);
  }

  private static LogTrack track(List<String> parts) {
    return new LogTrack(
        parts.get(1),
        parts.get(2),
        List.of(
            new LogSegment(
                Boolean.parseBoolean(parts.get(3)),
                Boolean.parseBoolean(parts.get(4)),
                Long.parseLong(parts.get(5)),
                Long.parseLong(parts.get(6)),
                place(parts.get(7)),
                place(parts.get(8)),
                Long.parseLong(parts.get(9)),
                Long.parseLong(parts.get(10)))));
  }
}
