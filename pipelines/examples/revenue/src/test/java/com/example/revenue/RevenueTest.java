package com.example.revenue;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.anabranch.testdata.Oracle;
import org.anabranch.testdata.ShopGenerator;
import org.anabranch.testing.ChangeEvents;
import org.anabranch.testing.TemporaryLake;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The revenue follows orders and customers, whichever change comes first. */
class RevenueTest {

  private static final Path ORACLE = Path.of("../../../test-data/customer-360/oracle.sql");
  private static final String TABLE = "revenue_by_country_and_hour";

  @Test
  void aCustomerWhoMovesTakesTheRevenueAlong() {
    try (TemporaryLake lake = TemporaryLake.create()) {
      lake.run("revenue", List.of(order(1, 7, "5.50"), order(2, 7, "1.25"), customer(3, "DE")));
      lake.assertRows(
          TABLE, "{\"country\":\"DE\",\"hour\":\"1970-01-01T01:00:00Z\",\"revenue\":6.75}");

      lake.run("revenue", List.of(customer(4, "FR")));
      lake.assertRows(
          TABLE, "{\"country\":\"FR\",\"hour\":\"1970-01-01T01:00:00Z\",\"revenue\":6.75}");

      lake.run("revenue", List.of(ChangeEvents.delete("customers", 5, "{\"id\":7}")));
      lake.assertRows(TABLE);
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

  private static String customer(long position, String country) {
    return ChangeEvents.upsert(
        "customers", position, "{\"id\":7}", "{\"id\":7,\"country\":\"" + country + "\"}");
  }

  /** Changes of a shop, in two runs, against the same computed by SQL from the files alone. */
  @Test
  void theRevenueOfAShopIsThatOfDuckDb(@TempDir Path directory) throws IOException, SQLException {
    ShopGenerator.generate(new ShopGenerator.Options(directory, 60, 1, 7, 3, 0.02, 0.01, 500));
    try (TemporaryLake lake = TemporaryLake.create()) {
      lake.runFiles("revenue", directory.resolve("changes-0[1-9]*").toString());
      lake.runFiles("revenue", directory.resolve("changes-00*").toString());
      Path rows = Files.write(directory.resolve("rows.jsonl"), lake.rows(TABLE));

      try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
          Statement statement = duckDb.createStatement()) {
        statement.execute(Oracle.script(ORACLE, directory, 60));
        statement.execute(
            """
            CREATE TABLE expected AS
            SELECT coalesce(c.country, 'unknown') AS country,
                   date_trunc('hour', o.ordered_at) AS hour,
                   CAST(sum(o.amount) AS DECIMAL(38, 2)) AS revenue
            FROM orders o JOIN customers c ON c.id = o.customer_id
            WHERE o.status <> 'cancelled' AND o.amount IS NOT NULL
            GROUP BY ALL;
            CREATE TABLE stored AS
            SELECT * FROM read_json('%s', format = 'newline_delimited',
              columns = {country: 'VARCHAR', hour: 'TIMESTAMPTZ', revenue: 'DECIMAL(38, 2)'})
            """
                .formatted(rows));
        assertThat(count(statement, "SELECT * FROM expected") > 20, is(true));
        assertThat(count(statement, "FROM expected EXCEPT ALL FROM stored"), is(0L));
        assertThat(count(statement, "FROM stored EXCEPT ALL FROM expected"), is(0L));
      }
    }
  }

  private static long count(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery("SELECT count(*) FROM (" + query + ")")) {
      result.next();
      return result.getLong(1);
    }
  }
}
