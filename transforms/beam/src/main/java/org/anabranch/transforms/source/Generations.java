package org.anabranch.transforms.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.model.Position;

/**
 * Tells the generation of a change: the number of boundaries of its source that lie before it,
 * those that are declared and those that were found. Each cuts a log in two, so that any number of
 * them is an order.
 */
public final class Generations {

  /** Nothing is declared and nothing was found: all changes are of the first generation. */
  public static final Generations NONE = new Generations(SourceRules.NONE, List.of());

  private final SourceRules rules;
  private final Map<String, List<Boundary>> found = new HashMap<>();

  public Generations(SourceRules rules, Collection<FoundBoundary> boundaries) {
    this.rules = rules;
    for (FoundBoundary boundary : boundaries) {
      found
          .computeIfAbsent(rules.canonical(boundary.source()), source -> new ArrayList<>())
          .add(boundary.toBoundary());
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
    return found.isEmpty() && rules.generations().isEmpty();
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

    for (Boundary boundary : found.getOrDefault(source, List.of())) {
      generation += boundary.isPassed(log, partition, offset, timeMicros) ? 1 : 0;
    }

    return generation;
  }
}
