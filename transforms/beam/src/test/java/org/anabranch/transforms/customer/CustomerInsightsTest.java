package org.anabranch.transforms.customer;

import static org.anabranch.transforms.customer.ProjectedBatch.row;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.anabranch.transforms.merge.MemoryStore;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.Projection;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.report.LeftReport;
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

class CustomerInsightsTest {

  private static final List<Projection> PROJECTIONS = CustomerInsights.projections(2);
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

  @Test
  void eachCurrentCustomerHasOneRow(@TempDir Path staging) throws Exception {
    RunReport report = run(batches(), null, staging);
    Map<Object, Map<String, @Nullable Object>> rows = byCustomer(report);
    assertThat(rows.keySet(), is(Set.of(1L, 2L, 3L)));
    assertThat(rows.get(1L).get("order_count"), is(2L));
    assertThat(rows.get(1L).get("total_spend"), is(new BigDecimal("70.50")));
    assertThat(rows.get(1L).get("recency_score"), is(5L));
    assertThat(rows.get(1L).get("monetary_score"), is(2L));
    assertThat(rows.get(2L).get("interaction_count"), is(1L));
    assertThat(rows.get(2L).get("favourite_channel"), is("web"));
    assertThat(rows.get(2L).get("recency_score"), is(3L));
    assertThat(rows.get(3L).get("country"), is((Object) null));
    assertThat(rows.get(3L).get("recency_score"), is(1L));
  }

  @Test
  void recencyCountsBackFromTheInstantThatIsGiven(@TempDir Path staging) throws Exception {
    Map<Object, Map<String, @Nullable Object>> rows =
        byCustomer(run(batches(), NOW.plusSeconds(11 * 86_400), staging));
    assertThat(rows.get(1L).get("recency_score"), is(4L));
    assertThat(rows.get(2L).get("recency_score"), is(2L));
  }

  @Test
  void tableIsThereWithoutAnyRows(@TempDir Path staging) throws Exception {
    RunReport report = run(List.of(), null, staging);
    TableReport table = Objects.requireNonNull(report.table(CustomerInsights.TABLE));
    assertThat(table.schema(), is(CustomerInsights.schema()));
    assertThat(table.key(), is(List.of("customer_id")));
    assertThat(MemoryStore.rows(report, CustomerInsights.TABLE), is(empty()));
  }

  /** Customers 1 to 3, and orders of customer 4, of whom nothing else is known. */
  private static List<KV<TableBucket, byte[]>> batches() {
    List<KV<TableBucket, byte[]>> batches = new ArrayList<>();
    batches.addAll(
        ProjectedBatch.of(
            PROJECTIONS.get(0), row(1L, "CH", "gold"), row(2L, "DE", null), row(3L, null, null)));
    batches.addAll(
        ProjectedBatch.of(
            PROJECTIONS.get(1),
            row(1L, "paid", new BigDecimal("70.50"), NOW.minusSeconds(1000)),
            row(1L, "cancelled", new BigDecimal("9.99"), NOW),
            row(4L, "paid", new BigDecimal("1.00"), NOW)));
    batches.addAll(
        ProjectedBatch.of(PROJECTIONS.get(2), row(2L, "web", NOW.minusSeconds(20 * 86_400))));
    batches.addAll(
        ProjectedBatch.of(
            InteractionsByWindow.projection(WindowRule.of(Duration.ofHours(1)), 2),
            row("e1", "CH", 5L, 100L, NOW.plusSeconds(1))));
    return batches;
  }

  private static RunReport run(
      List<KV<TableBucket, byte[]>> batches, @Nullable Instant asOf, Path staging)
      throws Exception {
    TestPipeline pipeline =
        TestPipeline.fromOptions(PipelineOptionsFactory.fromArgs("--targetParallelism=1").create())
            .enableAbandonedNodeEnforcement(false);
    PCollectionTuple.of(MergeBuckets.RUN, pipeline.apply("Run", Create.of("")))
        .and(
            MergeBuckets.PROJECTED,
            pipeline.apply("Rows", Create.of(batches).withCoder(ParsedChanges.batchCoder())))
        .apply(CustomerInsights.to(PerRun.always(MemoryStore.empty()), asOf, 2))
        .apply(WriteReport.to(PerRun.always(staging.toString())));
    pipeline.run(pipeline.getOptions()).waitUntilFinish();
    return LeftReport.in(staging);
  }

  private static Map<Object, Map<String, @Nullable Object>> byCustomer(RunReport report) {
    Map<Object, Map<String, @Nullable Object>> rows = new TreeMap<>();
    for (Map<String, @Nullable Object> row : MemoryStore.rows(report, CustomerInsights.TABLE)) {
      assertThat(rows.put(Objects.requireNonNull(row.get("customer_id")), row), is((Object) null));
    }

    TableReport table = Objects.requireNonNull(report.table(CustomerInsights.TABLE));
    assertThat(table.count(TableReport.WRITTEN), is((long) rows.size()));
    return rows;
  }
}
