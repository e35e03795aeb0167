package org.anabranch.pipelines;

import java.util.List;
import java.util.Set;
import org.anabranch.files.ParquetStore;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.report.WriteReport;
import org.apache.beam.sdk.Pipeline;

/**
 * Any number of tables from their change events.
 *
 * <pre>
 * change files ── parse ──┐
 *                         ├── group by (table, bucket) ── merge ── tables, histories, dead letters
 * base tables ────────────┘
 * </pre>
 */
public final class Replicate {

  private Replicate() {}

  /**
   * Adds the pipeline's steps. Running them leaves files and a report in the staging directory.
   *
   * @throws IllegalArgumentException where the configuration does not fit the input
   */
  public static void expand(Pipeline pipeline, TablesConfig config, String staging) {
    MergeConfig merging =
        new MergeConfig(ParquetStore.into(staging), config.histories(), Set.of(), List.of());
    pipeline
        .apply("Tables", new MergeTables(config, merging))
        .get(MergeBuckets.REPORTS)
        .apply("Report", WriteReport.to(staging));
  }
}
