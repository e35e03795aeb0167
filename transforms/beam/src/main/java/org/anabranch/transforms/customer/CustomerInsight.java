package org.anabranch.transforms.customer;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one customer. The order in which orders and interactions are added does not
 * matter.
 *
 * <p>Scores from 1 (low) to 5 (high) by fixed thresholds, so that a customer's scores depend on
 * that customer alone:
 *
 * <ul>
 *   <li>recency: whole days since the last order or interaction, at most 7: 5, 14: 4, 30: 3, 60: 2;
 *       later or never: 1
 *   <li>frequency: orders that were not cancelled, at least 8: 5, 5: 4, 3: 3, 1: 2; none: 1
 *   <li>monetary: spend on orders that were not cancelled, at least 1000: 5, 500: 4, 200: 3, 50: 2;
 *       less: 1
 * </ul>
 */
final class CustomerInsight {

  private static final String CANCELLED = "cancelled";
  private static final long DAY_MICROS = 86_400_000_000L;
  private static final long[] RECENCY_DAYS = {7, 14, 30, 60};
  private static final long[] FREQUENCY_ORDERS = {8, 5, 3, 1};
  private static final long[] MONETARY_SPEND = {1000, 500, 200, 50};
  private static final int BEST = 5;
  private static final int MONEY_SCALE = 2;

  private @Nullable Object id;
  private @Nullable Object country;
  private @Nullable Object tier;
  private long orders;
  private long cancelled;
  private BigDecimal spend = BigDecimal.ZERO.setScale(MONEY_SCALE);
  private @Nullable Instant firstOrder;
  private @Nullable Instant lastOrder;
  private long interactions;
  private @Nullable Instant lastSeen;
  private final Map<String, Long> channels = new TreeMap<>();

  /** Adds a row of one of the projections of {@link CustomerInsights#projections}. */
  void add(ProjectedRows row) {
    switch (row.table()) {
      case CustomerInsights.CUSTOMERS -> {
        id = row.value();
        country = row.value();
        tier = row.value();
      }
      case CustomerInsights.ORDERS -> addOrder(row);
      default -> addInteraction(row);
    }
  }

  private void addOrder(ProjectedRows row) {
    row.value();
    Object status = row.value();
    Object amount = row.value();
    Instant time = (Instant) row.value();
    orders++;
    firstOrder = min(firstOrder, time);
    lastOrder = max(lastOrder, time);
    if (CANCELLED.equals(status)) {
      cancelled++;
    } else if (amount != null) {
      spend = spend.add((BigDecimal) amount);
    }
  }

  private void addInteraction(ProjectedRows row) {
    row.value();
    Object channel = row.value();
    interactions++;
    lastSeen = max(lastSeen, (Instant) row.value());
    if (channel != null) {
      channels.merge((String) channel, 1L, Long::sum);
    }
  }

  private static @Nullable Instant min(@Nullable Instant left, @Nullable Instant right) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }

    return left.isBefore(right) ? left : right;
  }

  private static @Nullable Instant max(@Nullable Instant left, @Nullable Instant right) {
    if (left == null || right == null) {
      return left == null ? right : left;
    }

    return left.isAfter(right) ? left : right;
  }

  /** Whether the customer is a current one, rather than only mentioned by orders or events. */
  boolean isCustomer() {
    return id != null;
  }

  /** Values in the order of {@link CustomerInsights#schema}. */
  @Nullable Object[] row(long asOfMicros) {
    long kept = orders - cancelled;
    BigDecimal average =
        kept == 0
            ? null
            : spend.divide(BigDecimal.valueOf(kept), MONEY_SCALE, RoundingMode.HALF_UP);
    return new @Nullable Object[] {
      id,
      country,
      tier,
      orders,
      cancelled,
      spend,
      average,
      firstOrder,
      lastOrder,
      interactions,
      lastSeen,
      favouriteChannel(),
      recencyScore(asOfMicros),
      atLeast(BigDecimal.valueOf(kept), FREQUENCY_ORDERS),
      atLeast(spend, MONETARY_SPEND)
    };
  }

  /** The channel with the most interactions; of several the alphabetically first. */
  private @Nullable String favouriteChannel() {
    return channels.entrySet().stream()
        .max(
            Map.Entry.<String, Long>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  private int recencyScore(long asOfMicros) {
    Instant newest = max(lastOrder, lastSeen);
    if (newest == null) {
      return 1;
    }

    long days = Math.floorDiv(asOfMicros - Values.micros(newest), DAY_MICROS);
    int score = BEST;
    for (long limit : RECENCY_DAYS) {
      if (days <= limit) {
        return score;
      }

      score--;
    }

    return score;
  }

  private static int atLeast(BigDecimal value, long[] thresholds) {
    int score = BEST;
    for (long threshold : thresholds) {
      if (value.compareTo(BigDecimal.valueOf(threshold)) >= 0) {
        return score;
      }

      score--;
    }

    return score;
  }
}
