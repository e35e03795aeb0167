package org.anabranch.transforms.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.model.Position;
import org.jspecify.annotations.Nullable;

/**
 * Tells the generation of a change: the number of boundaries of its source that lie before it,
 * those that are declared and those that were found. Each cuts a log in two, so that any number of
 * them is an order.
 */
public final class Generations {

  /** Nothing is declared and nothing was found: all changes are of the first generation. */
  public static final Generations NONE = new Generations(SourceRules.NONE, List.of());

  private final SourceRules rules;
  private final Map<String, Map<String, List<FoundBoundary>>> logs = new HashMap<>();
  private final Map<String, List<Boundary>> files = new HashMap<>();

  public Generations(SourceRules rules, Collection<FoundBoundary> boundaries) {
    this.rules = rules;
    for (FoundBoundary boundary : boundaries) {
      String source = rules.canonical(boundary.source());
      String log = boundary.log();
      if (LogTrack.isFile(log)) {
        String file = log.substring(0, log.lastIndexOf('/'));
        files
            .computeIfAbsent(source, name -> new ArrayList<>())
            .add(new Boundary.AtLine(file, boundary.offset()));
      } else {
        logs.computeIfAbsent(source, name -> new HashMap<>())
            .computeIfAbsent(log, name -> new ArrayList<>())
            .add(boundary);
      }
    }
  }

  /** A position as it was written: its source under its present name, and its generation. */
  public Position place(Position written, long timeMicros) {
    if (written.source().isEmpty()) {
      return written;
    }

    String source = source(written.source());
    return new Position(
        source,
        isEmpty()
            ? 0
            : of(source, written.log(), written.partition(), written.offset(), timeMicros),
        written.major(),
        written.minor(),
        written.row(),
        written.log(),
        written.partition(),
        written.offset());
  }

  /** The present name of a source. */
  public String source(String name) {
    return rules.canonical(name);
  }

  /** Whether all changes are of the first generation. */
  public boolean isEmpty() {
    return logs.isEmpty() && files.isEmpty() && rules.generations().isEmpty();
  }

  /**
   * Generation of a change, from 0.
   *
   * @param source present name
   * @param timeMicros source time; 0 where it is not known
   */
  public int of(String source, String log, long partition, long offset, long timeMicros) {
    int generation = 0;
    for (Boundary boundary : rules.boundaries(source)) {
      generation += boundary.isPassed(log, partition, offset, timeMicros) ? 1 : 0;
    }

    for (Boundary boundary : files.getOrDefault(source, List.of())) {
      generation += boundary.isPassed(log, partition, offset, timeMicros) ? 1 : 0;
    }

    Map<String, List<FoundBoundary>> found = logs.get(source);
    return found == null
        ? generation
        : generation + passed(found.get(log + "/" + partition), offset, timeMicros);
  }

  /** Boundaries of a log that lie before a change. Those of a log before it was made anew do. */
  private static int passed(@Nullable List<FoundBoundary> found, long offset, long timeMicros) {
    if (found == null) {
      return 0;
    }

    int life = life(found, timeMicros);
    int passed = life;
    for (FoundBoundary boundary : found) {
      if (!boundary.isAnew()) {
        int other = life(found, boundary.micros());
        passed += life > other || (life == other && offset >= boundary.offset()) ? 1 : 0;
      }
    }

    return passed;
  }

  /** How often a log was made anew up to a time. */
  private static int life(List<FoundBoundary> found, long timeMicros) {
    int life = 0;
    for (FoundBoundary boundary : found) {
      life += boundary.isAnew() && timeMicros != 0 && timeMicros >= boundary.micros() ? 1 : 0;
    }

    return life;
  }
}
