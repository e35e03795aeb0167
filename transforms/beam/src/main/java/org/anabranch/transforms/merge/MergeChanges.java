package org.anabranch.transforms.merge;

import java.util.List;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.PerRun.Runs;
import org.anabranch.transforms.parse.DeclaredTables;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.POutput;
import org.jspecify.annotations.Nullable;

/**
 * Merges the changes of runs into their tables and has the runs end: plain programs and the
 * launcher's pipelines alike. Takes {@link MergeBuckets#RUN} and what {@link ParsedChanges} says,
 * with the tables as they are declared among the reports; hands the reports of all steps to the
 * last one, which commits them.
 *
 * @param <O> what the last step gives
 */
public final class MergeChanges<O extends POutput> extends PTransform<PCollectionTuple, O> {

  private static final long serialVersionUID = 1;

  private final transient Runs runs;
  private final transient DeclaredTables declared;
  private final transient RewriteRule rule;
  private final transient @Nullable Computation computation;
  private final transient PTransform<PCollection<RunReport>, O> end;

  private MergeChanges(
      Runs runs,
      DeclaredTables declared,
      RewriteRule rule,
      @Nullable Computation computation,
      PTransform<PCollection<RunReport>, O> end) {
    this.runs = runs;
    this.declared = declared;
    this.rule = rule;
    this.computation = computation;
    this.end = end;
  }

  /** Merges as it costs least. */
  public static <O extends POutput> MergeChanges<O> of(
      Runs runs, DeclaredTables declared, PTransform<PCollection<RunReport>, O> end) {
    return new MergeChanges<>(runs, declared, RewriteRule.BY_COST, null, end);
  }

  /** Says when stored buckets are rewritten rather than patched. Default: by cost. */
  public MergeChanges<O> withRule(RewriteRule other) {
    return new MergeChanges<>(runs, declared, other, computation, end);
  }

  /** Computes tables from those that were merged. Default: none. */
  public MergeChanges<O> computing(Computation others) {
    return new MergeChanges<>(runs, declared, rule, others, end);
  }

  @Override
  public O expand(PCollectionTuple changes) {
    DeclaredTables tables = declared;
    RewriteRule how = rule;
    List<Projection> projections = computation == null ? List.of() : computation.projections();
    PerRun<MergeConfig> merging =
        PerRun.of(runs, run -> tables.merging(run.store(), how, projections));
    PCollection<RunReport> seen = changes.get(ParsedChanges.REPORTS);
    PCollectionTuple merged =
        PCollectionTuple.of(MergeBuckets.RUN, changes.get(MergeBuckets.RUN))
            .and(MergeBuckets.REPORTS, seen)
            .and(MergeBuckets.BATCHES, changes.get(ParsedChanges.BATCHES))
            .apply("Merge", MergeBuckets.with(merging));
    PCollectionList<RunReport> reports =
        PCollectionList.of(seen).and(merged.get(MergeBuckets.REPORTS));
    if (computation != null) {
      reports =
          reports.and(
              computation.compute(
                  PCollectionTuple.of(MergeBuckets.RUN, changes.get(MergeBuckets.RUN))
                      .and(MergeBuckets.PROJECTED, merged.get(MergeBuckets.PROJECTED)),
                  PerRun.of(runs, RunScope::store)));
    }

    return reports.apply("Reports", Flatten.pCollections()).apply("End", end);
  }
}
