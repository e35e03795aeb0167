package org.anabranch.lake;

import org.anabranch.model.Internal;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.report.JoinReports;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PCollection;

/**
 * The last step of a pipeline: joins the reports of all bundles and commits the run, be it the one
 * of a bounded pipeline or those of an unbounded one, which are windows. What became of it is
 * marked in the directory of the run, where the process that has started the run finds it ({@link
 * LakeRun#outcome}). Gives the commits, at least once each.
 */
@Internal
public final class CommitRuns
    extends PTransform<PCollection<RunReport>, PCollection<TableCommitted>> {

  private static final long serialVersionUID = 1;

  private final LakeConfig lake;
  private final CommitRunFn commit;

  private CommitRuns(LakeConfig lake, CommitRunFn commit) {
    this.lake = lake;
    this.commit = commit;
  }

  /** Commits runs that another process owns. */
  public static CommitRuns in(LakeConfig lake, PerRun<String> directories) {
    return new CommitRuns(lake, CommitRunFn.ofRuns(lake, directories));
  }

  /** Commits the one run of an upsert. */
  static CommitRuns of(UpsertConfig upsert, LakeRun run) {
    return new CommitRuns(upsert.lake(), CommitRunFn.ofUpsert(upsert, run.staging()));
  }

  @Override
  public PCollection<TableCommitted> expand(PCollection<RunReport> reports) {
    return reports
        .apply("Join reports", Combine.globally(new JoinReports()).withoutDefaults())
        .apply("Commit", ParDo.of(commit))
        .setCoder(new TableCommitted.CommittedCoder());
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    super.populateDisplayData(builder);
    builder.add(DisplayData.item("warehouse", lake.root()));
    builder.add(DisplayData.item("catalog", lake.type()));
  }
}
