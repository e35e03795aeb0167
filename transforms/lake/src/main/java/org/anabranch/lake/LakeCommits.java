package org.anabranch.lake;

import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PInput;
import org.apache.beam.sdk.values.POutput;
import org.apache.beam.sdk.values.PValue;
import org.apache.beam.sdk.values.TupleTag;

/** What {@link LakeIO#upsert} gives. */
public final class LakeCommits implements POutput {

  private static final TupleTag<TableCommitted> COMMITS = new TupleTag<>("commits") {};

  private final PCollection<TableCommitted> commits;

  LakeCommits(PCollection<TableCommitted> commits) {
    this.commits = commits;
  }

  /** The commits that are there: one per table that has changed, at least once each. */
  public PCollection<TableCommitted> commits() {
    return commits;
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
