package org.anabranch.transforms.customer;

import static org.anabranch.transforms.customer.ProjectedBatch.row;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.model.Generated;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.Projection;
import org.anabranch.transforms.merge.TableBucket;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CustomerInsightTest {

  private static final List<Projection> PROJECTIONS = CustomerInsights.projections(1);
  private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

  private final List<KV<TableBucket, byte[]>> added = new ArrayList<>();

  @Test
  void daysSinceTheLastOrderDecideRecency() {
    List<Object> scores = new ArrayList<>();
    for (int days : List.of(0, 7, 8, 14, 15, 30, 31, 60, 61, 1000)) {
      added.clear();
      order("paid", "1.00", NOW.minus(Duration.ofDays(days)));
      scores.add(insight().get("recency_score"));
    }

    assertThat(scores, is(List.of(5, 5, 4, 4, 3, 3, 2, 2, 1, 1)));
  }

  @Test
  void dayCountsOnlyWhenItIsWhole() {
    order("paid", "1.00", NOW.minus(Duration.ofDays(8)).plusNanos(1000));
    assertThat(insight().get("recency_score"), is(5));
  }

  @Test
  void whatLiesAfterTheInstantIsRecent() {
    order("paid", "1.00", NOW.plus(Duration.ofDays(100)));
    assertThat(insight().get("recency_score"), is(5));
  }

  @Test
  void interactionOrCancelledOrderIsASignOfLifeToo() {
    order("paid", "1.00", NOW.minus(Duration.ofDays(100)));
    interaction("web", NOW.minus(Duration.ofDays(10)));
    assertThat(insight().get("recency_score"), is(4));
    order("cancelled", "1.00", NOW);
    assertThat(insight().get("recency_score"), is(5));
  }

  @Test
  void ordersThatWereNotCancelledDecideFrequency() {
    List<Object> scores = new ArrayList<>();
    for (int orders : List.of(0, 1, 2, 3, 4, 5, 7, 8, 20)) {
      added.clear();
      for (int i = 0; i < orders; i++) {
        order("paid", "1.00", NOW);
      }

      order("cancelled", "1.00", NOW);
      scores.add(insight().get("frequency_score"));
    }

    assertThat(scores, is(List.of(1, 2, 2, 3, 3, 4, 4, 5, 5)));
  }

  @Test
  void spendThatWasNotCancelledDecidesTheMonetaryScore() {
    List<Object> scores = new ArrayList<>();
    for (String spend :
        List.of(
            "0.00", "49.99", "50.00", "199.99", "200.00", "499.99", "500.00", "999.99",
            "1000.00")) {
      added.clear();
      order("paid", spend, NOW);
      order("cancelled", "5000.00", NOW);
      scores.add(insight().get("monetary_score"));
    }

    assertThat(scores, is(List.of(1, 1, 2, 2, 3, 3, 4, 4, 5)));
  }

  @Test
  void cancelledOrdersAreCountedButNotAddedUp() {
    order("paid", "10.00", NOW);
    order("cancelled", "99.00", NOW.minusSeconds(1));
    Map<String, @Nullable Object> row = insight();
    assertThat(row.get("order_count"), is(2L));
    assertThat(row.get("cancelled_count"), is(1L));
    assertThat(row.get("total_spend"), is(new BigDecimal("10.00")));
    assertThat(row.get("average_order"), is(new BigDecimal("10.00")));
    assertThat(row.get("first_order_at"), is(NOW.minusSeconds(1)));
    assertThat(row.get("last_order_at"), is(NOW));
  }

  @Test
  void averagesAreRoundedHalfUp() {
    order("paid", "0.01", NOW);
    order("paid", "0.00", NOW);
    assertThat(insight().get("average_order"), is(new BigDecimal("0.01")));
    order("paid", "0.00", NOW);
    assertThat(insight().get("average_order"), is(new BigDecimal("0.00")));
  }

  @Test
  void averageOfRefundsIsRoundedAwayFromZero() {
    order("paid", "-0.01", NOW);
    order("paid", "0.00", NOW);
    assertThat(insight().get("average_order"), is(new BigDecimal("-0.01")));
  }

  @Test
  void orderWithoutAnAmountCountsAsAnOrder() {
    order("paid", null, NOW);
    order(null, "3.00", NOW);
    Map<String, @Nullable Object> row = insight();
    assertThat(row.get("order_count"), is(2L));
    assertThat(row.get("total_spend"), is(new BigDecimal("3.00")));
    assertThat(row.get("average_order"), is(new BigDecimal("1.50")));
  }

  @Test
  void favouriteChannelIsTheMostUsedAndOfSeveralTheFirstInTheAlphabet() {
    interaction("web", NOW);
    interaction("app", NOW);
    assertThat(insight().get("favourite_channel"), is("app"));
    interaction("web", NOW);
    assertThat(insight().get("favourite_channel"), is("web"));
    interaction(null, NOW);
    interaction(null, NOW);
    interaction(null, NOW);
    Map<String, @Nullable Object> row = insight();
    assertThat(row.get("favourite_channel"), is("web"));
    assertThat(row.get("interaction_count"), is(6L));
    assertThat(row.get("last_seen_at"), is(NOW));
  }

  @Test
  void customerWithoutOrdersHasZerosAndNulls() {
    Map<String, @Nullable Object> expected = new LinkedHashMap<>();
    expected.put("customer_id", 1L);
    expected.put("country", "CH");
    expected.put("tier", "gold");
    expected.put("order_count", 0L);
    expected.put("cancelled_count", 0L);
    expected.put("total_spend", new BigDecimal("0.00"));
    expected.put("average_order", null);
    expected.put("first_order_at", null);
    expected.put("last_order_at", null);
    expected.put("interaction_count", 0L);
    expected.put("last_seen_at", null);
    expected.put("favourite_channel", null);
    expected.put("recency_score", 1);
    expected.put("frequency_score", 1);
    expected.put("monetary_score", 1);
    assertThat(insight(), is(expected));
  }

  @Test
  void orderOfArrivalDoesNotMatter() {
    Generated.forSeeds(
        20,
        generated -> {
          added.clear();
          for (int i = 0; i < 10; i++) {
            String amount = generated.below(100_000) / 100 + ".25";
            String status = generated.pick(List.of("paid", "cancelled"));
            order(status, amount, NOW.minusSeconds(generated.below(1_000_000)));
            String channel = generated.pick(List.of("web", "app", "shop"));
            interaction(channel, NOW.minusSeconds(generated.below(1_000_000)));
          }

          Map<String, @Nullable Object> inOrder = insight();
          List<KV<TableBucket, byte[]>> shuffled = generated.shuffled(added);
          added.clear();
          added.addAll(shuffled);
          assertThat(insight(), is(inOrder));
        });
  }

  @Test
  void ordersAloneMakeNoCustomer() {
    order("paid", "1.00", NOW);
    CustomerInsight insight = new CustomerInsight();
    addAll(insight, added);
    assertThat(insight.isCustomer(), is(false));
  }

  private void order(@Nullable String status, @Nullable String amount, Instant time) {
    BigDecimal decimal = amount == null ? null : new BigDecimal(amount);
    added.addAll(ProjectedBatch.of(PROJECTIONS.get(1), row(1L, status, decimal, time)));
  }

  private void interaction(@Nullable String channel, Instant time) {
    added.addAll(ProjectedBatch.of(PROJECTIONS.get(2), row(1L, channel, time)));
  }

  /** The row of a customer with all that was added so far, by the names of the columns. */
  private Map<String, @Nullable Object> insight() {
    CustomerInsight insight = new CustomerInsight();
    addAll(insight, added);
    addAll(insight, ProjectedBatch.of(PROJECTIONS.get(0), row(1L, "CH", "gold")));
    assertThat(insight.isCustomer(), is(true));
    List<@Nullable Object> values = Arrays.asList(insight.row(Values.micros(NOW)));
    List<Column> columns = CustomerInsights.schema().columns();
    assertThat(values.size(), is(columns.size()));
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      row.put(columns.get(i).name(), values.get(i));
    }

    return row;
  }

  private static void addAll(CustomerInsight insight, List<KV<TableBucket, byte[]>> batches) {
    for (KV<TableBucket, byte[]> batch : batches) {
      ProjectedRows rows = new ProjectedRows(batch.getValue());
      while (rows.next()) {
        insight.add(rows);
      }
    }
  }
}
