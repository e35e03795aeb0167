package org.anabranch.transforms.merge;

import java.util.List;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;

/** Tables that are computed from the current rows of others, which changes were merged into. */
public interface Computation {

  /** What it needs of the merged tables. */
  List<Projection> projections();

  /**
   * Adds its steps.
   *
   * @param merged the runs, {@link MergeBuckets#RUN}, and the rows, {@link MergeBuckets#PROJECTED}
   * @param stores the tables of each run
   * @return what was written
   */
  List<PCollection<RunReport>> compute(PCollectionTuple merged, PerRun<TableStore> stores);
}
