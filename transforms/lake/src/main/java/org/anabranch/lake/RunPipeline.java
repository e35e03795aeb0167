package org.anabranch.lake;

import java.io.Serializable;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Internal;

/**
 * The pipeline of a run, as a process that finishes the run must know it: it stands in the run's
 * manifest.
 *
 * @param name name of the pipeline; empty where the run is of none, such as a compaction
 * @param merged tables that the run merges, in the order of their commits; empty until the commit
 *     begins, for only the report names them all
 * @param computed tables that the pipeline computes anew from all rows of the others, each with the
 *     version of its computation
 * @param redelivers whether its commits come out until they are acknowledged
 */
@Internal
public record RunPipeline(
    String name, List<String> merged, Map<String, Integer> computed, boolean redelivers)
    implements Serializable {

  /** Of runs without a pipeline. */
  public static final RunPipeline NONE = new RunPipeline("", Map.of());

  public RunPipeline {
    merged = List.copyOf(merged);
    computed = Collections.unmodifiableMap(new TreeMap<>(computed));
  }

  /** Pipeline of a run that has not begun to commit. */
  public RunPipeline(String name, Map<String, Integer> computed) {
    this(name, List.of(), computed, false);
  }

  /** The same, whose commits come out until they are acknowledged. */
  RunPipeline redelivering() {
    return new RunPipeline(name, merged, computed, true);
  }

  /** The same run once its merged tables are known. */
  RunPipeline merging(List<String> tables) {
    return new RunPipeline(name, tables, computed, redelivers);
  }
}
