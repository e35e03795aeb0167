package org.anabranch.transforms.customer;

import static org.anabranch.transforms.customer.ProjectedBatch.row;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anabranch.transforms.merge.MemoryStore;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.report.WriteReport;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InteractionsByWindowTest {

  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final Instant ONE = Instant.parse("2026-11-01T13:00:00Z");
  private static final Instant TWO = Instant.parse("2026-11-01T14:00:00Z");

  @Test
  void countsPerCountryAndWindowInTheirOrder(@TempDir Path staging) throws Exception {
    RunReport report =
        run(
            ProjectedBatch.of(
                InteractionsByWindow.projection(2),
                row("e1", "DE", 10L, 100L, ONE.minusMillis(1)),
                row("e2", "CH", 1L, 7L, NOON),
                row("e3", "DE", 5L, -30L, NOON),
                row("e4", "DE", 2L, 3L, ONE),
                row("e5", null, null, null, ONE.plusSeconds(9))),
            staging);
    assertThat(
        rows(report),
        is(
            List.of(
                    row(NOON, ONE, "CH", 1L, 1L, 7L),
                    row(NOON, ONE, "DE", 2L, 15L, 70L),
                    row(ONE, TWO, null, 1L, 0L, 0L),
                    row(ONE, TWO, "DE", 1L, 2L, 3L))
                .stream()
                .map(Arrays::asList)
                .toList()));
    TableReport table = Objects.requireNonNull(report.table(InteractionsByWindow.TABLE));
    assertThat(table.count(TableReport.WRITTEN), is(4L));
    assertThat(table.key(), is(List.of("window_start", "country")));
  }

  @Test
  void windowsOfTimesBeforeTheEpochBeginBeforeThem(@TempDir Path staging) throws Exception {
    RunReport report =
        run(
            ProjectedBatch.of(
                InteractionsByWindow.projection(2),
                row("e1", "CH", 1L, 1L, Instant.EPOCH.minusMillis(1))),
            staging);
    assertThat(
        rows(report).get(0).subList(0, 2),
        is(List.of(Instant.EPOCH.minusSeconds(3600), Instant.EPOCH)));
  }

  @Test
  void rowsForOtherStepsAreLeftAlone(@TempDir Path staging) throws Exception {
    RunReport report =
        run(
            ProjectedBatch.of(CustomerInsights.projections(2).get(0), row(1L, "CH", "gold")),
            staging);
    TableReport table = Objects.requireNonNull(report.table(InteractionsByWindow.TABLE));
    assertThat(rows(report), is(empty()));
    assertThat(table.schema(), is(InteractionsByWindow.schema()));
  }

  private static RunReport run(List<KV<TableBucket, byte[]>> batches, Path staging)
      throws Exception {
    TestPipeline pipeline =
        TestPipeline.fromOptions(PipelineOptionsFactory.create())
            .enableAbandonedNodeEnforcement(false);
    PCollectionTuple.of(MergeBuckets.RUN, pipeline.apply("Run", Create.of("")))
        .and(
            MergeBuckets.PROJECTED,
            pipeline.apply("Rows", Create.of(batches).withCoder(ParsedChanges.batchCoder())))
        .apply(InteractionsByWindow.to(PerRun.always(MemoryStore.empty()), Duration.ofHours(1)))
        .apply(WriteReport.to(PerRun.always(staging.toString())));
    pipeline.run(pipeline.getOptions()).waitUntilFinish();
    return RunReport.read(staging);
  }

  private static List<List<@Nullable Object>> rows(RunReport report) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Map<String, @Nullable Object> row : MemoryStore.rows(report, InteractionsByWindow.TABLE)) {
      rows.add(new ArrayList<>(row.values()));
    }

    return rows;
  }
}
