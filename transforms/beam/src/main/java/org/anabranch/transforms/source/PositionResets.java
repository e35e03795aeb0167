package org.anabranch.transforms.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.transforms.source.LogSegment.Place;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the positions of a source start again in a log: a later record has a lower position
 * <em>and</em> a later source time than all before it. Changes that are sent again have neither,
 * for their first delivery is among those before. A snapshot that was read after everything before
 * it begins a generation by itself, for its rows tell where they were read and not what they
 * follow.
 *
 * <p>In a log whose positions fall without that, records are out of order, and clocks that were set
 * back would make two of them look like a reset. There times must be later by more than clocks are
 * set back, {@link LogSegment#CLOCK_STEP}. Lines of a file may be in any order, so that there all
 * later times must be later, too.
 */
final class PositionResets {

  /**
   * A place where numbers start again.
   *
   * @param offset of the first record of the new generation
   * @param micros least source time from there on
   * @param isAnew whether the log was made anew there, so that offsets say nothing
   * @param before greatest position before it
   * @param after first position of the new generation
   * @param isCertain whether a generation begins without doubt: with a new snapshot, which lies
   *     above all known, or with another server
   */
  record Reset(
      long offset, long micros, boolean isAnew, Place before, Place after, boolean isCertain) {}

  private final List<Reset> resets = new ArrayList<>();
  private final boolean isFile;
  private final List<LogSegment> segments;

  private PositionResets(LogTrack track) {
    isFile = LogTrack.isFile(track.log());
    segments = track.segments();
  }

  /**
   * Resets in a log, in the order of their offsets.
   *
   * @param known generation of the record at an offset and a time, by what is known of boundaries
   */
  static List<Reset> of(LogTrack track, Known known) {
    PositionResets found = new PositionResets(track);
    found.find(known);
    return found.resets;
  }

  /** Generations that are known already. */
  @FunctionalInterface
  interface Known {
    int generation(long offset, long timeMicros);
  }

  private void find(Known known) {
    Map<Integer, List<LogSegment>> generations = new TreeMap<>();
    for (LogSegment segment : segments) {
      int generation = known.generation(segment.firstOffset(), segment.minTime());
      generations.computeIfAbsent(generation, number -> new ArrayList<>()).add(segment);
    }

    generations.values().forEach(this::find);
  }

  /** Looks at stretches that are of one generation as far as is known, in the order of offsets. */
  private void find(List<LogSegment> generation) {
    List<LogSegment> before = new ArrayList<>();
    for (int i = 0; i < generation.size(); i++) {
      LogSegment segment = generation.get(i);
      Reset anew = isFile ? null : anew(before, segment);
      if (anew != null) {
        resets.add(anew);
        return;
      }

      Reset reset = reset(before, segment);
      if (reset != null && (!isFile || isApart(generation, i))) {
        resets.add(reset);
        before.clear();
      }

      add(before, segment);
    }
  }

  /** Where the log was made anew between two stretches with the same offsets. */
  private static @Nullable Reset anew(List<LogSegment> before, LogSegment segment) {
    for (LogSegment earlier : before) {
      boolean isAfter = segment.isAnewAfter(earlier);
      if (isAfter || earlier.isAnewAfter(segment)) {
        LogSegment old = isAfter ? earlier : segment;
        LogSegment now = isAfter ? segment : earlier;
        if (now.first().compareTo(old.last()) < 0) {
          long known = Math.max(old.last().major(), old.last().minor());
          boolean isCertain =
              now.first().isOfOther(old.last())
                  || (now.isSnapshot() && now.first().minor() > known);
          return new Reset(
              now.firstOffset(), now.minTime(), true, old.last(), now.first(), isCertain);
        }
      }
    }

    return null;
  }

  /** Adds a stretch; those that end before it become one, for all that follow lie behind them. */
  private static void add(List<LogSegment> before, LogSegment segment) {
    LogSegment over = null;
    for (int i = before.size() - 1; i >= 0; i--) {
      LogSegment earlier = before.get(i);
      boolean isOver =
          earlier.lastOffset() < segment.firstOffset()
              && earlier.isSnapshot() == segment.isSnapshot();
      if (isOver) {
        over = over == null ? earlier : over.join(earlier);
        before.remove(i);
      }
    }

    if (over != null) {
      before.add(over);
    }

    before.add(segment);
  }

  private static @Nullable Reset reset(List<LogSegment> before, LogSegment segment) {
    Place greatest = null;
    long greatestLsn = Long.MIN_VALUE;
    boolean hasStreamed = false;
    boolean isMixed = before.stream().anyMatch(LogSegment::isMixed);
    for (LogSegment earlier : before) {
      boolean isOver = earlier.lastOffset() < segment.firstOffset();
      long time = isOver ? earlier.maxTime() : earlier.minTime();
      if (!LogSegment.isLater(segment.minTime(), time, isMixed)) {
        return null;
      }

      Place place = isOver ? earlier.last() : earlier.first();
      greatestLsn = Math.max(greatestLsn, Math.max(place.major(), place.minor()));
      if (!earlier.isSnapshot()) {
        hasStreamed = true;
        greatest = greatest == null ? place : Place.greatest(greatest, place);
      }
    }

    if (!segment.isSnapshot()) {
      return greatest == null || segment.first().compareTo(greatest) >= 0
          ? null
          : new Reset(
              segment.firstOffset(),
              segment.minTime(),
              false,
              greatest,
              segment.first(),
              segment.first().isOfOther(greatest));
    }

    // Rows of a snapshot rank by the commit before them, which says nothing of older changes.
    long lsn = segment.first().minor();
    if (before.isEmpty() || lsn == greatestLsn || (lsn > greatestLsn && !hasStreamed)) {
      return null;
    }

    Place known = greatest == null ? new Place(0, greatestLsn, 0, "") : greatest;
    return new Reset(
        segment.firstOffset(), segment.minTime(), false, known, segment.first(), lsn > greatestLsn);
  }

  /** Whether everything from a stretch on happened after everything before it. */
  private static boolean isApart(List<LogSegment> segments, int index) {
    long latest = Long.MIN_VALUE;
    for (LogSegment earlier : segments.subList(0, index)) {
      latest = Math.max(latest, earlier.maxTime());
    }

    boolean isMixed = segments.size() > 2;
    for (LogSegment later : segments.subList(index, segments.size())) {
      if (!LogSegment.isLater(later.minTime(), latest, isMixed)) {
        return false;
      }
    }

    return true;
  }
}
