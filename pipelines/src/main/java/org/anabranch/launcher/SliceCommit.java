package org.anabranch.launcher;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.anabranch.lake.CompactArchive;
import org.anabranch.lake.CompactTables;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.LakeTable;
import org.anabranch.lake.RunOutcome;
import org.anabranch.lake.RunOutcome.Effects;
import org.anabranch.lake.RunOutcome.Overtaken;
import org.anabranch.lake.RunPipeline;
import org.anabranch.lake.RunRules;
import org.anabranch.lake.SchemaChangeException;
import org.anabranch.lake.TablesRefusedException;
import org.anabranch.lake.TooManyDeadLettersException;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.source.SourceRules;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a slice once the last step of its pipeline has committed it: tells what happened,
 * in words for people where something was refused, and looks after the tables now and then. One for
 * each slice.
 */
final class SliceCommit {

  /** Times the computed tables of a slice are computed because others write at the same time. */
  static final int MAX_ROUNDS = 20;

  /** Said where the computed tables have to be computed again. */
  static final String AGAIN = "others wrote to the warehouse meanwhile: computing again";

  /** Versions after which a run looks after the tables. */
  private static final int VERSIONS_BETWEEN_UPKEEP = 20;

  private final Lake lake;
  private final TargetOptions target;
  private final RunPipeline pipeline;
  private final Instant start;
  private Duration took = Duration.ZERO;
  private int published;

  /** Tables that this run has changed. */
  private final Set<String> committed = new TreeSet<>();

  /** How often a table was merged again because others wrote to it, in all rounds. */
  private final Map<String, Long> mergedAgain = new TreeMap<>();

  /**
   * @param pipeline whose slice it is
   * @param start when the slice was begun
   */
  SliceCommit(Lake lake, TargetOptions target, RunPipeline pipeline, Instant start) {
    this.lake = lake;
    this.target = target;
    this.pipeline = pipeline;
    this.start = start;
  }

  /** What the runs of a job may do. */
  static RunRules rules(TargetOptions target, RunPipeline pipeline, SourceRules sources) {
    // Tables that are ours follow the program, whatever is said of all tables.
    Set<String> ours = new TreeSet<>(pipeline.computed().keySet());
    ours.add(TargetOptions.DEAD_LETTERS);
    return new RunRules(
        target.schemaChanges().sparing(ours), target.maxDeadLetters(), target.archives(), sources);
  }

  /**
   * Requires that computed tables have all they are computed from.
   *
   * @param pipeline with its computed tables
   * @throws RunFailedException where another table cannot be read
   */
  static void requireInputs(Lake lake, RunPipeline pipeline) {
    Map<String, String> broken = lake.broken();
    if (!pipeline.computed().isEmpty() && !broken.isEmpty()) {
      throw new RunFailedException(List.copyOf(broken.values()));
    }
  }

  /** Why a job ends after so many rounds. */
  static String inVain(TargetOptions target) {
    return "others wrote to "
        + target.warehouse()
        + " all the time; run it again when they have ended";
  }

  /** Time that commits have taken. */
  double commitSeconds() {
    return took.toNanos() / 1e9;
  }

  /**
   * What a run did, whose pipeline has ended; looks after the tables.
   *
   * @return also where tables were refused; null where the computed tables are not true yet, for
   *     others have written meanwhile
   * @throws RunFailedException where it was refused as a whole
   */
  @Nullable Summary summary(LakeRun run, RunOutcome outcome) throws IOException {
    Effects effects = outcome.effects();
    took = took.plus(effects.took());
    published += effects.published().size();
    committed.addAll(effects.published().keySet());
    effects.mergedAgain().forEach((table, times) -> mergedAgain.merge(table, times, Long::sum));
    Summary summary = new Summary(run.report());
    summary.stored(run.store().buckets().keySet());
    effects
        .published()
        .forEach(
            (table, at) -> summary.published(table, Duration.between(start, at).toMillis() / 1e3));
    try {
      outcome.requireNoRefusal();
    } catch (TablesRefusedException e) {
      summary.refused(e.refusals());
    } catch (SchemaChangeException e) {
      if (isIgnored(e, rules(target, pipeline, SourceRules.NONE).schemaChanges())) {
        return null;
      }

      throw new RunFailedException(refusal(e));
    } catch (TooManyDeadLettersException e) {
      throw new RunFailedException(refusal(e));
    }

    if (outcome instanceof Overtaken) {
      return null;
    }

    summary.rowsNow(lookAfter());
    mergedAgain.forEach(summary::mergedAgain);
    Set<String> unknown = new TreeSet<>(target.schemaChanges().tables().keySet());
    if (!unknown.isEmpty()) {
      lake.tables().forEach(table -> unknown.remove(table.table()));
      unknown.forEach(summary::noSuchTable);
    }

    return summary;
  }

  /** Others made or changed tables whose schemas stay: the next round leaves these as they are. */
  private static boolean isIgnored(SchemaChangeException refused, SchemaChanges rules) {
    return refused.changes().stream().allMatch(change -> rules.of(change.table()) == Policy.IGNORE);
  }

  /** What would change, what became of the run, and what to do about it. */
  private String refusal(SchemaChangeException refused) {
    String evolving =
        refused.changes().stream()
            .map(change -> change.table() + ":evolve")
            .distinct()
            .collect(Collectors.joining(","));
    return "%s; %s. Write --%s=%s to let that happen, or ignore for evolve to keep the schema"
        .formatted(
            refused.getMessage(),
            published == 0
                ? "nothing was committed"
                : published + " other tables were committed before, for this one has just changed",
            TargetOptions.SCHEMA_CHANGES.name(),
            evolving);
  }

  private String refusal(TooManyDeadLettersException refused) {
    return ("%d records could not be processed, more than --max-dead-letters=%s: only the table %s"
            + " was published; look at it with: anabranch show %s --warehouse=%s")
        .formatted(
            refused.dead(),
            refused.allowed(),
            TargetOptions.DEAD_LETTERS,
            TargetOptions.DEAD_LETTERS,
            target.warehouse());
  }

  /**
   * Now and then, compacts tables, expires old versions and removes files nobody needs.
   *
   * @return rows by table
   */
  private Map<String, Long> lookAfter() throws IOException {
    List<LakeTable> tables = lake.tables();
    boolean isDue =
        tables.stream()
            .filter(table -> committed.contains(table.table()))
            .anyMatch(table -> table.version() % VERSIONS_BETWEEN_UPKEEP == 0);
    if (isDue) {
      CompactTables.run(lake, target.tombstoneRetention());
      CompactArchive.run(lake);
      lake.compact(CompactCommand.settings(target.keepVersions()));
    }

    Map<String, Long> rows = new TreeMap<>();
    tables.forEach(table -> rows.put(table.table(), table.rows()));
    return rows;
  }
}
