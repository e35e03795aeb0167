package com.example.revenue;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.anabranch.testdata.Oracle;
import org.anabranch.testdata.ShopGenerator;
import org.anabranch.testing.TemporaryLake;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a runner, the revenue of a shop is what SQL alone computes from the files. */
public abstract class RevenueConformance {

  protected static final String TABLE = "revenue_by_country_and_hour";

  @TempDir private Path directory;

  /** Name of the runner, as the command line has it. */
  protected abstract String runner();

  @Test
  void theRevenueOfAShopIsThatOfDuckDb() throws IOException, SQLException {
    ShopGenerator.generate(new ShopGenerator.Options(directory, 20, 1, 7, 3, 0.02, 0.01, 500));
    try (TemporaryLake lake = TemporaryLake.create()) {
      lake.runFiles("revenue", directory.resolve("changes-*").toString(), "--runner=" + runner());
      Path rows = Files.write(directory.resolve("rows.jsonl"), lake.rows(TABLE));

      try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
          Statement statement = duckDb.createStatement()) {
        statement.execute(Oracle.script(oracle(), directory, 60));
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
        assertThat(count(statement, "FROM expected"), is(greaterThan(20L)));
        assertThat(count(statement, "FROM expected EXCEPT ALL FROM stored"), is(0L));
        assertThat(count(statement, "FROM stored EXCEPT ALL FROM expected"), is(0L));
      }
    }
  }

  /** The SQL in the directory of the project, wherever the module lies in it. */
  private static Path oracle() {
    Path above = Path.of("").toAbsolutePath();
    while (!Files.exists(above.resolve("test-data/customer-360/oracle.sql"))) {
      above = Objects.requireNonNull(above.getParent());
    }

    return above.resolve("test-data/customer-360/oracle.sql");
  }

  private static long count(Statement statement, String query) throws SQLException {
    try (ResultSet result = statement.executeQuery("SELECT count(*) FROM (" + query + ")")) {
      result.next();
      return result.getLong(1);
    }
  }
}
