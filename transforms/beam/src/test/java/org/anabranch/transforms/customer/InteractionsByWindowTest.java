package org.anabranch.transforms.customer;

import static org.anabranch.transforms.customer.ProjectedBatch.row;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.report.LeftReport;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.report.WriteReport;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InteractionsByWindowTest {

  private static final WindowRule HOURS = WindowRule.of(Duration.ofHours(1));
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final Instant ONE = Instant.parse("2026-11-01T13:00:00Z");
  private static final Instant TWO = Instant.parse("2026-11-01T14:00:00Z");

  @Test
  void countsPerCountryAndWindowInTheirOrder(@TempDir Path staging) throws Exception {
    RunReport report =
        run(
            ProjectedBatch.of(
                InteractionsByWindow.projection(HOURS, 2),
                row("e1", "DE", 10L, 100L, ONE.minusMillis(1)),
                row("e2", "CH", 1L, 7L, NOON),
                row("e3", "DE", 5L, -30L, NOON),
                row("e4", "DE", 2L, 3L, ONE),
                row("e5", null, null, null, ONE.plusSeconds(9)),
                row("e6", "10", 1L, 1L, ONE),
                row("e7", "9", 1L, 1L, ONE)),
            staging);
    assertThat(
        rows(report),
        is(
            List.of(
                    row(NOON, ONE, "CH", 1L, 1L, 7L),
                    row(NOON, ONE, "DE", 2L, 15L, 70L),
                    row(ONE, TWO, "9", 1L, 1L, 1L),
                    row(ONE, TWO, "10", 1L, 1L, 1L),
                    row(ONE, TWO, "DE", 1L, 2L, 3L),
                    row(ONE, TWO, "unknown", 1L, 0L, 0L))
                .stream()
                .map(Arrays::asList)
                .toList()));
    TableReport table = Objects.requireNonNull(report.table(InteractionsByWindow.TABLE));
    assertThat(table.count(TableReport.WRITTEN), is(6L));
    assertThat(table.key(), is(List.of("window_start", "country")));
  }

  @Test
  void rowsAreInTheOrderOfTheBytesOfTheirKeys(@TempDir Path staging) throws Exception {
    RunReport report =
        run(
            ProjectedBatch.of(
                InteractionsByWindow.projection(HOURS, 2),
                row("e1", "\uD83D\uDE00", 1L, 1L, NOON),
                row("e2", "\uFFFD", 1L, 1L, NOON),
                row("e3", "", 1L, 1L, NOON)),
            staging);

    assertThat(
        rows(report).stream().map(row -> row.get(2)).toList(),
        is(List.of("", "\uFFFD", "\uD83D\uDE00")));
  }

  @Test
  void windowsOfTimesBeforeTheEpochBeginBeforeThem(@TempDir Path staging) throws Exception {
    RunReport report =
        run(
            ProjectedBatch.of(
                InteractionsByWindow.projection(HOURS, 2),
                row("e1", "CH", 1L, 1L, Instant.EPOCH.minusMillis(1))),
            staging);
    assertThat(
        rows(report).get(0).subList(0, 2),
        is(List.of(Instant.EPOCH.minusSeconds(3600), Instant.EPOCH)));
  }

  @Test
  void whatTheLogTookTooLateIsNotCountedButARowOfItsOwn(@TempDir Path staging) throws Exception {
    WindowRule rule = new WindowRule(Duration.ofHours(1), Duration.ofMinutes(10), false);
    Instant end = ONE;
    RunReport report =
        run(
            rule,
            ProjectedBatch.of(
                InteractionsByWindow.projection(rule, 2),
                row("in time", "DE", 1L, 1L, NOON, end.minusMillis(1), 1L),
                row("late", "DE", 2L, 10L, NOON, end, 2L),
                row("just allowed", "DE", 4L, 100L, NOON, end.plusSeconds(600).minusMillis(1), 3L),
                row("too late", "DE", 8L, 1000L, NOON, end.plusSeconds(600), null),
                row("no log", "CH", 16L, 5L, NOON, null, 5L),
                row("newest", "DE", 1L, 1L, ONE, TWO.minusMillis(1), 6L)),
            staging);
    assertThat(
        rows(report),
        is(
            List.of(
                    row(NOON, ONE, "CH", 1L, 16L, 5L, 0L, "ON_TIME"),
                    row(NOON, ONE, "DE", 3L, 7L, 111L, 2L, "LATE"),
                    row(ONE, TWO, "DE", 1L, 1L, 1L, 0L, "EARLY"))
                .stream()
                .map(Arrays::asList)
                .toList()));
    assertThat(
        rows(report, LateInteractions.TABLE),
        is(
            List.of(
                Arrays.asList(
                    row(
                        "too late",
                        NOON,
                        ONE,
                        NOON,
                        end.plusSeconds(600),
                        null,
                        "DE",
                        8L,
                        1000L)))));
  }

  @Test
  void aWindowIsOverWhenTheNewestRecordIsNotBeforeItsEnd(@TempDir Path staging) throws Exception {
    WindowRule rule = new WindowRule(Duration.ofHours(1), null, true);
    RunReport report =
        run(
            rule,
            ProjectedBatch.of(
                InteractionsByWindow.projection(rule, 2),
                row("e1", "DE", 1L, 1L, NOON),
                row("e2", "DE", 1L, 1L, ONE),
                row("e3", "CH", 1L, 1L, TWO.minusMillis(1))),
            staging);
    assertThat(rows(report), is(List.of(Arrays.asList(row(NOON, ONE, "DE", 1L, 1L, 1L)))));
  }

  @Test
  void aRuleNeedsAWindowAndNoNegativeLateness() {
    assertThrows(IllegalArgumentException.class, () -> WindowRule.of(Duration.ofNanos(1)));
    Duration negative = Duration.ofSeconds(-1);
    assertThrows(
        IllegalArgumentException.class, () -> new WindowRule(Duration.ofHours(1), negative, false));
  }

  @Test
  void rowsForOtherStepsAreLeftAlone(@TempDir Path staging) throws Exception {
    RunReport report =
        run(
            ProjectedBatch.of(CustomerInsights.projections(2).get(0), row(1L, "CH", "gold")),
            staging);
    TableReport table = Objects.requireNonNull(report.table(InteractionsByWindow.TABLE));
    assertThat(rows(report), is(empty()));
    assertThat(table.schema(), is(InteractionsByWindow.schema(HOURS)));
  }

  private static RunReport run(List<KV<TableBucket, byte[]>> batches, Path staging)
      throws Exception {
    return run(HOURS, batches, staging);
  }

  private static RunReport run(WindowRule rule, List<KV<TableBucket, byte[]>> batches, Path staging)
      throws Exception {
    PerRun<TableStore> stores = PerRun.always(MemoryStore.empty());
    TestPipeline pipeline =
        TestPipeline.fromOptions(PipelineOptionsFactory.fromArgs("--targetParallelism=1").create())
            .enableAbandonedNodeEnforcement(false);
    PCollectionTuple merged =
        PCollectionTuple.of(MergeBuckets.RUN, pipeline.apply("Run", Create.of("")))
            .and(
                MergeBuckets.PROJECTED,
                pipeline.apply("Rows", Create.of(batches).withCoder(ParsedChanges.batchCoder())));
    PCollectionList.of(merged.apply(InteractionsByWindow.to(stores, rule)))
        .and(merged.apply(LateInteractions.to(stores, rule, 2)))
        .apply(Flatten.pCollections())
        .apply(WriteReport.to(PerRun.always(staging.toString())));
    pipeline.run(pipeline.getOptions()).waitUntilFinish();
    return LeftReport.in(staging);
  }

  private static List<List<@Nullable Object>> rows(RunReport report) {
    return rows(report, InteractionsByWindow.TABLE);
  }

  private static List<List<@Nullable Object>> rows(RunReport report, String table) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (Map<String, @Nullable Object> row : MemoryStore.rows(report, table)) {
      rows.add(new ArrayList<>(row.values()));
    }

    return rows;
  }
}
