package org.anabranch.transforms.merge;

import java.io.Serializable;
import java.util.List;
import java.util.Set;

/**
 * What comes out of a merge.
 *
 * @param store where tables are written
 * @param histories tables that also get a history
 * @param unwritten tables whose rows only feed projections
 * @param projections rows handed on to later steps
 */
public record MergeConfig(
    TableStore store, Set<String> histories, Set<String> unwritten, List<Projection> projections)
    implements Serializable {

  /** Added to a table's name: its history. */
  public static final String HISTORY_SUFFIX = "_history";

  public MergeConfig {
    histories = new java.util.TreeSet<>(histories);
    unwritten = new java.util.TreeSet<>(unwritten);
    projections = List.copyOf(projections);
  }
}
