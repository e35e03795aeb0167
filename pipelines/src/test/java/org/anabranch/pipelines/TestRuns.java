package org.anabranch.pipelines;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.anabranch.files.Warehouse;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;

/** Runs a pipeline into a warehouse the way the launcher does, within a test. */
public final class TestRuns {

  private TestRuns() {}

  public static RunReport replicate(PipelineOptions options, TablesConfig config, Path warehouse)
      throws IOException {
    return run(
        options, warehouse, (pipeline, staging) -> Replicate.expand(pipeline, config, staging));
  }

  public static RunReport customer360(
      PipelineOptions options, Customer360Config config, Path warehouse) throws IOException {
    return run(
        options, warehouse, (pipeline, staging) -> Customer360.expand(pipeline, config, staging));
  }

  private static RunReport run(
      PipelineOptions options, Path warehouse, BiConsumer<Pipeline, String> expand)
      throws IOException {
    try (Warehouse.Run run = Warehouse.at(warehouse).startRun(2)) {
      Pipeline pipeline = Pipeline.create(options);
      expand.accept(pipeline, run.staging().toString());
      pipeline.run().waitUntilFinish();
      RunReport report = RunReport.read(run.staging());
      for (TableReport table : report.tables()) {
        if (table.published()) {
          run.publish(
              new Warehouse.TableCommit(
                  table.table(), table.key(), table.schema(), table.files(), ""));
        }
      }

      return report;
    }
  }
}
