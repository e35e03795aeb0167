package org.anabranch.transforms.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.transforms.Combine.AccumulatingCombineFn;
import org.jspecify.annotations.Nullable;

/** Joins all reports into one. Without input it gives the empty report. */
public final class JoinReports
    extends AccumulatingCombineFn<RunReport, JoinReports.Reports, RunReport> {

  private static final long serialVersionUID = 1;

  @Override
  public Reports createAccumulator() {
    return new Reports();
  }

  @Override
  public Coder<Reports> getAccumulatorCoder(
      CoderRegistry registry, @Nullable Coder<RunReport> inputCoder) {
    return new ReportsCoder();
  }

  @Override
  public Coder<RunReport> getDefaultOutputCoder(
      CoderRegistry registry, @Nullable Coder<RunReport> inputCoder) {
    return RunReportCoder.of();
  }

  /** Reports collected so far. */
  static final class Reports
      implements AccumulatingCombineFn.Accumulator<RunReport, Reports, RunReport> {

    private final List<RunReport> reports = new ArrayList<>();

    @Override
    public void addInput(RunReport input) {
      reports.add(input);
    }

    @Override
    public void mergeAccumulator(Reports other) {
      reports.addAll(other.reports);
    }

    @Override
    public RunReport extractOutput() {
      return RunReport.of(reports.stream().flatMap(report -> report.tables().stream()).toList());
    }
  }

  private static final class ReportsCoder extends AtomicCoder<Reports> {

    private static final long serialVersionUID = 1;

    @Override
    public void encode(Reports value, java.io.OutputStream out) throws IOException {
      RunReportCoder.of().encode(value.extractOutput(), out);
    }

    @Override
    public Reports decode(java.io.InputStream in) throws IOException {
      Reports reports = new Reports();
      reports.addInput(RunReportCoder.of().decode(in));
      return reports;
    }
  }
}
