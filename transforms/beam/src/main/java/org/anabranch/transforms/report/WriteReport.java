package org.anabranch.transforms.report;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.UUID;
import org.anabranch.transforms.merge.PerRun;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MoveOptions.StandardMoveOptions;
import org.apache.beam.sdk.io.fs.ResolveOptions.StandardResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Joins the reports of all bundles and leaves the result in the staging directory of the run, as
 * its last step: a run whose report is there has written all its files. May be repeated; the same
 * report is written again.
 */
public final class WriteReport extends PTransform<PCollection<RunReport>, PDone> {

  private static final long serialVersionUID = 1;

  /** Name of the file in the staging directory. */
  public static final String FILE = "report.bin";

  private final PerRun<String> staging;

  private WriteReport(PerRun<String> staging) {
    this.staging = staging;
  }

  public static WriteReport to(PerRun<String> staging) {
    return new WriteReport(staging);
  }

  @Override
  public PDone expand(PCollection<RunReport> reports) {
    reports
        .apply("Join reports", Combine.globally(new JoinReports()).withoutDefaults())
        .apply("Write report", ParDo.of(new WriteFn(staging)));
    return PDone.in(reports.getPipeline());
  }

  /** Leaves a report in a staging directory, in place of one that is there. */
  public static void leave(String staging, RunReport report) throws IOException {
    ResourceId directory = FileSystems.matchNewResource(staging, true);
    ResourceId file = file(directory, FILE);
    ResourceId partial = file(directory, FILE + "." + UUID.randomUUID());
    try (WritableByteChannel channel = FileSystems.create(partial, "application/octet-stream")) {
      ByteBuffer bytes = ByteBuffer.wrap(RunReportCoder.toFile(report));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }

    FileSystems.rename(List.of(partial), List.of(file), StandardMoveOptions.IGNORE_MISSING_FILES);
  }

  private static ResourceId file(ResourceId directory, String name) {
    return directory.resolve(name, StandardResolveOptions.RESOLVE_FILE);
  }

  static final class WriteFn extends DoFn<RunReport, Void> {

    private static final long serialVersionUID = 1;

    private final PerRun<String> staging;

    WriteFn(PerRun<String> staging) {
      this.staging = staging;
    }

    @ProcessElement
    public void process(@Element RunReport report, BoundedWindow window) throws IOException {
      String path = staging.of(window);
      if (path == null) {
        return;
      }

      leave(path, report);
      RunCounters.count(report);
    }
  }
}
