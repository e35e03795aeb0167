package org.anabranch.lake;

import java.util.Map;
import org.anabranch.model.Stable;
import org.anabranch.transforms.parse.TableNames;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;

/** What {@link LakeIO#upsert} gives. */
@Stable
public final class LakeCommits implements POutput {

  private static final TupleTag<TableCommitted> COMMITS = new TupleTag<>("commits") {};

  private final LakeConfig lake;
  private final PCollection<TableCommitted> commits;

  LakeCommits(LakeConfig lake, PCollection<TableCommitted> commits) {
    this.lake = lake;
    this.commits = commits;
  }

  /**
   * The commits that are there, at least once each: of a bounded pipeline one per table that has
   * changed; with a triggering frequency all since the pipeline was built, or since the last one
   * that the engine remembers, those of others to the same tables among them.
   */
  public PCollection<TableCommitted> commits() {
    return commits;
  }

  /**
   * The rows of a table that the commits have changed: one per key and version, which differs from
   * what it was before; where a row's key columns have changed, the old row and the new one apart.
   * At least once each; applied to the version before they give the version. Costs a second look at
   * the buckets that have changed, by one worker. A commit whose version before has expired gives
   * all its rows as new ones.
   */
  public PCollection<ChangedRow> changedRows(String table) {
    return commits
        .apply(
            commits.getName() + "/Changed rows of " + table,
            ParDo.of(new ChangedRowsFn(lake, TableNames.check(table))))
        .setCoder(new ChangedRow.ChangedCoder());
  }

  @Override
  public Pipeline getPipeline() {
    return commits.getPipeline();
  }

  @Override
  public Map<TupleTag<?>, PValue> expand() {
    return Map.of(COMMITS, commits);
  }

  @Override
  public void finishSpecifyingOutput(
      String transformName, PInput input, PTransform<?, ?> transform) {}
}
