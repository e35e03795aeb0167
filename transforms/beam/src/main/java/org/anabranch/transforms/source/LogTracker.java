package org.anabranch.transforms.source;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.model.Position;
import org.anabranch.transforms.source.LogSegment.Place;
import org.jspecify.annotations.Nullable;

/**
 * Follows the positions of changes along their logs. A change that goes on where the one before it
 * ended costs a few comparisons. Not thread-safe.
 */
public final class LogTracker {

  /** Third number of a row that an incremental snapshot read between streamed changes. */
  public static final long INCREMENTAL = -2;

  private static final int MAX_OPEN = 50_000;

  private final Map<String, Map<String, Open>> tracks = new HashMap<>();
  private @Nullable Open last;

  /** Adds a change; one without a source or without a time says nothing here. */
  public void add(Position position, long timeMicros) {
    if (timeMicros == 0 || position.source().isEmpty() || position.row() == INCREMENTAL) {
      return;
    }

    Open open = last;
    if (open == null || !open.isOf(position)) {
      open = open(position);
      last = open;
    }

    open.add(position, timeMicros);
  }

  /**
   * Tells whose numbers the change that was just added has.
   *
   * @param name as its GTID says
   */
  public void server(String name) {
    if (last != null) {
      last.server(name);
    }
  }

  private Open open(Position position) {
    return tracks
        .computeIfAbsent(position.source(), source -> new HashMap<>())
        .computeIfAbsent(
            position.log() + "/" + position.partition(), log -> new Open(position, log));
  }

  /** Hands over the tracks and begins anew. */
  public List<LogTrack> finish() {
    List<LogTrack> finished = new ArrayList<>();
    tracks.values().forEach(logs -> logs.values().forEach(open -> finished.add(open.finish())));
    tracks.clear();
    last = null;
    return finished;
  }

  /** The stretches of one log. */
  private static final class Open {

    private final String source;
    private final String log;
    private final long partition;
    private final String name;
    private final List<LogSegment> segments = new ArrayList<>();
    private boolean isOpen;
    private boolean isSnapshot;
    private long firstOffset;
    private long lastOffset;
    private Place first = new Place(0, 0, 0, "");
    private String server = "";
    private long major;
    private long minor;
    private long row;
    private long minTime;
    private long maxTime;

    Open(Position position, String name) {
      source = position.source();
      log = position.log();
      partition = position.partition();
      this.name = name;
    }

    boolean isOf(Position position) {
      return partition == position.partition()
          && source.equals(position.source())
          && log.equals(position.log());
    }

    void add(Position position, long time) {
      if (isOpen && goesOn(position) && !LogSegment.isLater(maxTime, time, true)) {
        minTime = Math.min(minTime, time);
        maxTime = Math.max(maxTime, time);
      } else {
        close();
        isOpen = true;
        isSnapshot = position.row() < 0;
        firstOffset = position.offset();
        first = new Place(position.major(), position.minor(), position.row(), "");
        minTime = time;
        maxTime = time;
      }

      lastOffset = position.offset();
      major = position.major();
      minor = position.minor();
      row = position.row();
      server = "";
    }

    void server(String name) {
      server = name;
      if (isOpen && firstOffset == lastOffset) {
        first = new Place(first.major(), first.minor(), first.row(), name);
      }
    }

    private boolean goesOn(Position position) {
      if (isSnapshot != position.row() < 0 || position.offset() <= lastOffset) {
        return false;
      }

      if (position.major() != major) {
        return position.major() > major;
      }

      return position.minor() == minor ? position.row() >= row : position.minor() > minor;
    }

    private void close() {
      if (!isOpen) {
        return;
      }

      segments.add(
          new LogSegment(
              isSnapshot,
              false,
              firstOffset,
              lastOffset,
              first,
              new Place(major, minor, row, server),
              minTime,
              maxTime));
      isOpen = false;
      if (segments.size() >= MAX_OPEN) {
        List<LogSegment> joined = new LogTrack(source, name, segments).segments();
        segments.clear();
        segments.addAll(joined);
      }
    }

    LogTrack finish() {
      close();
      return new LogTrack(source, name, segments);
    }
  }
}
