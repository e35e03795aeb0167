package org.anabranch.lake;

import org.anabranch.transforms.merge.SchemaChanges;

/**
 * What a run may do; whoever finishes it must not do more.
 *
 * @param schemaChanges to the schemas of stored tables
 * @param maxDeadLetters with more of them only the dead letters are committed
 * @param archives whether records that are read from a log are archived
 */
public record RunRules(SchemaChanges schemaChanges, long maxDeadLetters, boolean archives) {

  /** Schemas follow the rows, and any number of records may be dead. */
  public static final RunRules NONE = new RunRules(SchemaChanges.EVOLVE, Long.MAX_VALUE, false);

  public RunRules {
    if (maxDeadLetters < 0) {
      throw new IllegalArgumentException(
          "maxDeadLetters must be 0 or more, but was: " + maxDeadLetters);
    }
  }
}
