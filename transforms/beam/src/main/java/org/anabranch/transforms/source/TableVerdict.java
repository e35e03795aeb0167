package org.anabranch.transforms.source;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.anabranch.transforms.source.LogSegment.Place;
import org.anabranch.transforms.source.PositionResets.Reset;
import org.anabranch.transforms.source.SourceRules.OnReset;
import org.anabranch.transforms.source.SourceRules.UnknownOrder;

/**
 * What is decided about a table from all that a run has seen of it, what is stored with it and what
 * is declared: whether it is refused, for it contradicts itself, and where its sources begin new
 * generations. A function of these alone, so that every step that asks gets the same answer.
 *
 * @param refusals why the table is refused, a line each that names the option that decides; none
 *     where it is not
 * @param boundaries where numbers of sources started again, those that were known and those found
 */
public record TableVerdict(List<String> refusals, SortedSet<FoundBoundary> boundaries) {

  /** More places where numbers start again than a table has. */
  private static final int MAX_FOUND = 1_000;

  /** A table may have so many times the columns that a record may have. */
  public static final int COLUMNS_OF_RECORDS = 5;

  public TableVerdict {
    refusals = List.copyOf(refusals);
    boundaries = Collections.unmodifiableSortedSet(new TreeSet<>(boundaries));
  }

  public boolean isRefused() {
    return !refusals.isEmpty();
  }

  /**
   * The same for a new table that is not declared: with too many tables no such table is made.
   *
   * @param tables how many there would be
   */
  public TableVerdict amongTables(String table, int tables, SourceRules rules) {
    if (tables <= rules.maxTables()) {
      return this;
    }

    List<String> more = new ArrayList<>(refusals);
    more.add(
        "table '%s' is refused: there would be %d tables, more than --max-tables=%d; name those to read with --tables"
            .formatted(table, tables, rules.maxTables()));
    return new TableVerdict(more, boundaries);
  }

  /**
   * The same for a table that gets more columns: with too many it is refused, as where names of
   * columns are values.
   *
   * @param columns how many there would be
   * @param example the name of a new one
   */
  public TableVerdict withColumns(String table, int columns, String example, SourceRules rules) {
    if (columns <= rules.maxColumns()) {
      return this;
    }

    List<String> more = new ArrayList<>(refusals);
    more.add(
        ("table '%s' is refused: it would have %d columns, as '%s', and %d are the most, %d times"
                + " --max-columns=%d; are names of its columns values?")
            .formatted(
                table,
                columns,
                example,
                rules.maxColumns(),
                COLUMNS_OF_RECORDS,
                rules.maxColumns() / COLUMNS_OF_RECORDS));
    return new TableVerdict(more, boundaries);
  }

  /** The verdict as facts of the table, to travel with a report. */
  public TableFacts toFacts() {
    SortedMap<String, SortedSet<String>> values = new TreeMap<>();
    if (isRefused()) {
      values.put(TableFacts.REFUSED, new TreeSet<>(refusals));
    }

    return new TableFacts(values, List.of(), boundaries);
  }

  /**
   * Decides.
   *
   * @param seen facts of the run
   * @param stored facts of the stored table
   */
  public static TableVerdict of(
      String table, TableFacts seen, TableFacts stored, SourceRules rules) {
    return new Judge(table, seen, stored, rules).decide();
  }

  /** One decision. */
  private static final class Judge {

    private final String table;
    private final TableFacts seen;
    private final TableFacts all;
    private final SourceRules rules;
    private final List<String> refusals = new ArrayList<>();
    private final SortedSet<FoundBoundary> boundaries;

    Judge(String table, TableFacts seen, TableFacts stored, SourceRules rules) {
      this.table = table;
      this.seen = seen;
      this.rules = rules;
      all = stored.join(seen);
      boundaries = new TreeSet<>(all.boundaries());
    }

    TableVerdict decide() {
      key();
      sources();
      order();
      shards();
      positions();
      return new TableVerdict(refusals, boundaries);
    }

    private void refuse(String why) {
      refusals.add("table '" + table + "' is refused: " + why);
    }

    private void key() {
      if (!seen.values(TableFacts.DECLARED_KEY).isEmpty()) {
        return;
      }

      List<String> keys = List.copyOf(all.values(TableFacts.KEY));
      if (keys.size() > 1) {
        refuse(
            "its events have the keys %s and %s; say which columns are its key with --keys=%s:%s"
                .formatted(keys.get(0), keys.get(1), table, longer(keys.get(0), keys.get(1))));
      }
    }

    private static String longer(String left, String right) {
      return left.split("\\+").length > right.split("\\+").length ? left : right;
    }

    private void sources() {
      if (!all.values(TableFacts.ROUTED).isEmpty()) {
        return;
      }

      SortedSet<String> sources = mapped(all.values(TableFacts.SOURCE), this::canonical);
      if (sources.size() < 2) {
        return;
      }

      List<String> names = List.copyOf(sources);
      String left = names.get(0);
      String right = names.get(1);
      if (left.equals(TableFacts.NO_SOURCE)) {
        refuse(
            "some of its events name no connector and others are of %s, so that they have no common"
                    .formatted(right)
                + " order; give each a table of its own with --route='/REGEX/=NAME'");
        return;
      }

      String oldName = SourceRules.server(left);
      String newName = SourceRules.server(right);
      boolean isServer = !oldName.equals(newName);
      refuse(
          ("it is changed by two sources, %s and %s; give each a table of its own with"
                  + " --route='/REGEX/=NAME', or say that they are one with --same-source=%s=%s")
              .formatted(left, right, isServer ? oldName : left, isServer ? newName : right));
    }

    private String canonical(String source) {
      return source.equals(TableFacts.NO_SOURCE) ? source : rules.canonical(source);
    }

    private static SortedSet<String> mapped(SortedSet<String> values, UnaryOperator<String> to) {
      SortedSet<String> mapped = new TreeSet<>();
      values.forEach(value -> mapped.add(to.apply(value)));
      return mapped;
    }

    private void order() {
      SortedSet<String> unknown = seen.values(TableFacts.UNKNOWN_ORDER);
      if (!unknown.isEmpty() && rules.unknownOrder() == UnknownOrder.REFUSE) {
        refuse(
            ("the order of changes of the connector %s is not known; say --order=log to take them in"
                    + " the order of the log")
                .formatted(String.join(" and ", unknown)));
      }
    }

    private void shards() {
      Map<String, SortedSet<String>> byField = new TreeMap<>();
      for (String shard : all.values(TableFacts.SHARD)) {
        int end = shard.indexOf('=');
        byField
            .computeIfAbsent(shard.substring(0, end), field -> new TreeSet<>())
            .add(shard.substring(end + 1));
      }

      byField.forEach(
          (field, values) -> {
            if (values.size() > 1) {
              List<String> names = List.copyOf(values);
              refuse(
                  ("field %s of its keys, which no row has, is %s and %s, as of shards in one topic;"
                          + " give each a table of its own with --route='/REGEX/=NAME', or make the"
                          + " shard a part of the key with --route='/REGEX/=NAME[+COLUMN=VALUE]'")
                      .formatted(field, names.get(0), names.get(1)));
            }
          });
    }

    private void positions() {
      SortedMap<String, LogTrack> tracks = new TreeMap<>();
      for (LogTrack track : all.tracks()) {
        LogTrack named = track.withSource(rules.canonical(track.source()));
        tracks.merge(named.source() + "\t" + named.log(), named, LogTrack::join);
      }

      tracks.values().forEach(this::positions);
    }

    /** Looks for resets until there are none but those of the boundaries that were found. */
    private void positions(LogTrack track) {
      int refused = refusals.size();
      int known;
      do {
        known = boundaries.size();
        Generations generations = new Generations(rules, boundaries);
        int slash = track.log().lastIndexOf('/');
        String log = track.log().substring(0, slash);
        long partition = Long.parseLong(track.log(), slash + 1, track.log().length(), 10);
        List<Reset> resets =
            PositionResets.of(
                track,
                (offset, time) -> generations.of(track.source(), log, partition, offset, time));
        resets.forEach(reset -> reset(track, reset));
      } while (refusals.size() == refused
          && known < boundaries.size()
          && boundaries.size() < MAX_FOUND);
    }

    private void reset(LogTrack track, Reset reset) {
      if (reset.isCertain() || rules.onReset() == OnReset.NEW_GENERATION) {
        long offset = reset.isAnew() ? FoundBoundary.MADE_ANEW : reset.offset();
        boundaries.add(new FoundBoundary(track.source(), track.log(), offset, reset.micros()));
        return;
      }

      String place = track.log() + ":" + reset.offset();
      Instant time = Instant.EPOCH.plus(reset.micros(), ChronoUnit.MICROS);
      refuse(
          ("positions of source %s go back in %s at offset %d, from %s to %s, while its time goes"
                  + " on, as after a failover or a restore%s; say --position-reset=new-generation"
                  + " to begin a new generation there, or declare it: sources: {%s: {generations:"
                  + " [{from: %s}]}}")
              .formatted(
                  track.source(),
                  track.log(),
                  reset.offset(),
                  text(reset.before()),
                  text(reset.after()),
                  reset.isAnew()
                      ? ", and offsets start again, so that the topic was made anew"
                      : "",
                  SourceRules.server(track.source()),
                  reset.isAnew() ? time : "'" + place + "'"));
    }

    private static String text(Place place) {
      return place.row() > 0
          ? place.major() + "." + place.minor() + "." + place.row()
          : place.major() + "." + place.minor();
    }
  }

  /**
   * Facts of a table once a run that was not refused is in: of each log what is needed to tell
   * later records from these. Files are not remembered: they are read as a whole.
   */
  public static TableFacts toStore(TableFacts stored, TableFacts seen, SourceRules rules) {
    TableFacts all = stored.join(seen);
    Generations generations = new Generations(rules, all.boundaries());
    List<LogTrack> tracks = new ArrayList<>();
    for (LogTrack track : all.tracks()) {
      if (!LogTrack.isFile(track.log())) {
        tracks.add(remembered(track, generations));
      }
    }

    SortedMap<String, SortedSet<String>> values = new TreeMap<>();
    boolean isDeclared = !seen.values(TableFacts.DECLARED_KEY).isEmpty();
    all.values()
        .forEach(
            (kind, set) -> {
              boolean isOfRun =
                  Arrays.asList(
                          TableFacts.REFUSED,
                          TableFacts.UNKNOWN_ORDER,
                          TableFacts.DECLARED,
                          TableFacts.DECLARED_KEY)
                      .contains(kind);
              if (!isOfRun && !(isDeclared && kind.equals(TableFacts.KEY))) {
                values.put(kind, set);
              }
            });
    return new TableFacts(values, tracks, all.boundaries());
  }

  /** One stretch for each generation, of snapshots and of other changes. */
  private static LogTrack remembered(LogTrack track, Generations generations) {
    int slash = track.log().lastIndexOf('/');
    String log = track.log().substring(0, slash);
    long partition = Long.parseLong(track.log(), slash + 1, track.log().length(), 10);
    String source = generations.source(track.source());
    Map<String, LogSegment> one = new TreeMap<>();
    for (LogSegment segment : track.segments()) {
      int generation =
          generations.of(source, log, partition, segment.firstOffset(), segment.minTime());
      one.merge(generation + "/" + segment.isSnapshot(), segment, LogSegment::join);
    }

    return new LogTrack(track.source(), track.log(), List.copyOf(one.values()));
  }
}
