package org.anabranch.lake;

import java.util.Set;
import org.anabranch.model.Internal;

/** What became of the attempt to commit a run to one table. */
@Internal
public sealed interface CommitResult {

  /**
   * The changes are in the table, by this attempt or an earlier one.
   *
   * @param version that holds them first; 0 where it has expired
   */
  record Committed(long version) implements CommitResult {}

  /** There was nothing to change. */
  record Nothing() implements CommitResult {}

  /**
   * Others have changed the table since the run looked at it; nothing was committed.
   *
   * @param buckets in which its files or kept records are others than before
   * @param all whether everything has to be looked at again: the schema, the number of buckets or
   *     the existence of the table changed, or the two versions can no longer be compared
   */
  record Conflict(Set<Integer> buckets, boolean all) implements CommitResult {

    public Conflict {
      buckets = Set.copyOf(buckets);
    }

    static Conflict everywhere() {
      return new Conflict(Set.of(), true);
    }
  }
}
