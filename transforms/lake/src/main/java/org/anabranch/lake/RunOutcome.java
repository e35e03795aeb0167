package org.anabranch.lake;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Internal;

/**
 * What became of a run when it was committed. What may not be is an outcome too, and no failure
 * that an engine would try again.
 */
@Internal
public sealed interface RunOutcome {

  /** What it did to the tables, also where not all was committed. */
  Effects effects();

  /**
   * Requires that nothing was refused.
   *
   * @throws TablesRefusedException where tables contradict themselves
   * @throws SchemaChangeException where tables must stay as they are, and would not
   * @throws TooManyDeadLettersException where more records are dead than may be
   */
  default void requireNoRefusal() {}

  /**
   * What a run did to the tables.
   *
   * @param commits what is there; empty where nothing changed
   * @param open commits to all tables that its job has not acknowledged, its own among them; empty
   *     where it does not redeliver
   * @param published when each table was done
   * @param mergedAgain how often a table was merged again because others wrote to it
   * @param took time that the commit took
   */
  record Effects(
      List<TableCommitted> commits,
      List<TableCommitted> open,
      Map<String, Instant> published,
      Map<String, Long> mergedAgain,
      Duration took) {

    public Effects {
      commits = List.copyOf(commits);
      open = List.copyOf(open);
      published = Collections.unmodifiableMap(new TreeMap<>(published));
      mergedAgain = Collections.unmodifiableMap(new TreeMap<>(mergedAgain));
    }
  }

  /** All of it is in. */
  record Complete(Effects effects) implements RunOutcome {}

  /** All but computed tables, whose inputs others have changed: they are to be computed again. */
  record Overtaken(Effects effects) implements RunOutcome {}

  /** Tables contradict themselves; the others are in, and the input counts as unread. */
  record TablesRefused(Effects effects, List<String> refusals) implements RunOutcome {

    public TablesRefused {
      refusals = List.copyOf(refusals);
    }

    @Override
    public void requireNoRefusal() {
      throw new TablesRefusedException(refusals);
    }
  }

  /** Tables must stay as they are, and would not. */
  record SchemasRefused(Effects effects, List<SchemaChange> changes) implements RunOutcome {

    public SchemasRefused {
      changes = List.copyOf(changes);
    }

    @Override
    public void requireNoRefusal() {
      throw new SchemaChangeException(changes);
    }
  }

  /** More records are dead than may be: these are in, and nothing else. */
  record TooManyDead(Effects effects, long dead, String allowed) implements RunOutcome {

    @Override
    public void requireNoRefusal() {
      throw new TooManyDeadLettersException(dead, allowed);
    }
  }
}
