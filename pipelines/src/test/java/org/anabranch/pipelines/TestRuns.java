package org.anabranch.pipelines;

import static java.util.stream.Collectors.toMap;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.RunOutcome.Complete;
import org.anabranch.lake.RunPipeline;
import org.anabranch.lake.RunRules;
import org.anabranch.transforms.merge.PerRun.OneRun;
import org.anabranch.transforms.merge.RewriteRule;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.report.RunCounters;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;

/** Runs a pipeline into a warehouse the way the launcher does, within a test. */
public final class TestRuns {

  private static final Map<String, Integer> COMPUTED =
      Customer360.COMPUTED.stream().collect(toMap(table -> table, table -> 1));

  private TestRuns() {}

  public static RunReport replicate(PipelineOptions options, TablesConfig config, Path warehouse)
      throws IOException {
    return run(
        options,
        warehouse,
        config,
        Map.of(),
        RewriteRule.BY_COST,
        (pipeline, target) -> Replicate.expand(pipeline, config, target));
  }

  public static RunReport customer360(
      PipelineOptions options, Customer360Config config, Path warehouse) throws IOException {
    return customer360(options, config, warehouse, RewriteRule.BY_COST);
  }

  /** The same with a rule of one's own. */
  public static RunReport customer360(
      PipelineOptions options, Customer360Config config, Path warehouse, RewriteRule rule)
      throws IOException {
    return run(
        options,
        warehouse,
        config.tables(),
        COMPUTED,
        rule,
        (pipeline, target) -> Customer360.expand(pipeline, config, target));
  }

  private static RunReport run(
      PipelineOptions options,
      Path warehouse,
      TablesConfig config,
      Map<String, Integer> computed,
      RewriteRule rule,
      BiConsumer<Pipeline, Target> expand)
      throws IOException {
    int buckets = config.bucketsFor(0);
    try (Lake lake = Lake.at(LakeConfig.at(warehouse))) {
      while (true) {
        RunPipeline ours = new RunPipeline("test", computed);
        try (LakeRun run = lake.startRun(buckets, RunRules.NONE, ours)) {
          Pipeline pipeline = Pipeline.create(options);
          LakeConfig into = LakeConfig.at(warehouse);
          expand.accept(
              pipeline, new Target(new OneRun(run.scope()), rule, SchemaChanges.EVOLVE, into));
          PipelineResult result = pipeline.run();
          result.waitUntilFinish();
          RunReport report = run.report();
          theEngineCounts(result, report);
          if (run.outcome() instanceof Complete) {
            return report;
          }
        }
      }
    }
  }

  /** What the pages of the engine show is what the report says. */
  private static void theEngineCounts(PipelineResult result, RunReport report) {
    Map<String, Long> shown = new TreeMap<>();
    MetricsFilter ours =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.inNamespace(RunCounters.NAMESPACE))
            .build();
    result
        .metrics()
        .queryMetrics(ours)
        .getCounters()
        .forEach(
            counter -> shown.merge(counter.getName().getName(), counter.getAttempted(), Long::sum));
    assertThat(shown.get("records_read"), is(sum(report, TableReport.READ)));
    assertThat(shown.get("records_merged"), is(sum(report, TableReport.MERGED)));
    assertThat(shown.get("records_dead"), is(sum(report, TableReport.DEAD)));
    assertThat(shown.getOrDefault("elements_dropped", 0L), is(0L));
  }

  private static long sum(RunReport report, String count) {
    return report.tables().stream()
        .filter(table -> !table.table().equals(DeadLetters.TABLE))
        .mapToLong(table -> table.count(count))
        .sum();
  }
}
