package org.anabranch.lake;

import org.anabranch.model.Internal;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.source.SourceRules;

/**
 * What a run may do; whoever finishes it must not do more.
 *
 * @param schemaChanges to the schemas of stored tables
 * @param maxDeadLetters with more of them only the dead letters are committed
 * @param archives whether records that are read from a log are archived
 * @param sources what is declared of the sources of changes
 */
@Internal
public record RunRules(
    SchemaChanges schemaChanges,
    DeadLetterLimit maxDeadLetters,
    boolean archives,
    SourceRules sources) {

  /** Schemas follow the rows, and any number of records may be dead. */
  public static final RunRules NONE =
      new RunRules(SchemaChanges.EVOLVE, DeadLetterLimit.NONE, false);

  /** Rules of a run of whose sources nothing is declared. */
  public RunRules(SchemaChanges schemaChanges, DeadLetterLimit maxDeadLetters, boolean archives) {
    this(schemaChanges, maxDeadLetters, archives, SourceRules.NONE);
  }
}
