package com.example.revenue;

import java.util.List;
import org.anabranch.testing.ChangeEvents;
import org.anabranch.testing.TemporaryLake;
import org.junit.jupiter.api.Test;

/** The revenue follows orders and customers. */
class RevenueTest extends RevenueConformance {

  @Override
  protected String runner() {
    return "direct";
  }

  @Test
  void aCustomerWhoMovesTakesTheRevenueAlongAndOneWhoGoesTakesItAway() {
    try (TemporaryLake lake = TemporaryLake.create()) {
      lake.run(
          "revenue",
          List.of(
              order(1, 7, "5.50"),
              order(2, 7, "1.25"),
              order(3, 8, "9.00"),
              customer(4, 7, "DE"),
              customer(5, 8, "SE")));
      lake.assertRows(
          TABLE,
          "{\"country\":\"DE\",\"hour\":\"1970-01-01T01:00:00Z\",\"revenue\":6.75}",
          "{\"country\":\"SE\",\"hour\":\"1970-01-01T01:00:00Z\",\"revenue\":9.00}");

      lake.run(
          "revenue",
          List.of(customer(6, 7, "FR"), ChangeEvents.delete("customers", 7, "{\"id\":8}")));
      lake.assertRows(
          TABLE, "{\"country\":\"FR\",\"hour\":\"1970-01-01T01:00:00Z\",\"revenue\":6.75}");
    }
  }

  private static String order(long id, long customer, String amount) {
    return ChangeEvents.upsert(
        "orders",
        id,
        "{\"order_id\":" + id + "}",
        "{\"order_id\":%d,\"customer_id\":%d,\"status\":\"paid\",\"amount\":\"%s\",\"ordered_at\":3600000001}"
            .formatted(id, customer, amount));
  }

  private static String customer(long position, long id, String country) {
    return ChangeEvents.upsert(
        "customers",
        position,
        "{\"id\":" + id + "}",
        "{\"id\":%d,\"country\":\"%s\"}".formatted(id, country));
  }
}
