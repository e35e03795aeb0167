package org.anabranch.testdata;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.anabranch.testdata.Customer.Columns;
import org.anabranch.testdata.ShopGenerator.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OracleTest {

  private static final Path SHIPPED = Path.of("customer-360");

  @TempDir Path directory;

  @Test
  void endsWithTheTablesOfTheShop() throws Exception {
    Options options = new Options(directory, 400, 3, 11, 4, 0.05, 0.05, 2_000);
    Shop shop = ShopGenerator.simulate(options, new Tally());
    List<String> customers = new ArrayList<>();
    List<String> orders = new ArrayList<>();
    for (Customer customer : shop.customers()) {
      customers.add(customer.fullImage(Columns.WITH_LOYALTY_POINTS));
      customer.orders.forEach(order -> orders.add(order.image()));
    }

    try (OracleTables tables = OracleTables.of(directory)) {
      List<String> foundCustomers =
          tables.texts(
              "SELECT to_json(c) FROM (SELECT * REPLACE (birth_date - DATE '1970-01-01' AS"
                  + " birth_date, epoch_us(created_at) AS created_at, epoch_us(updated_at) AS"
                  + " updated_at) FROM customers) c");
      List<String> foundOrders =
          tables.texts(
              "SELECT to_json(o) FROM (SELECT * REPLACE (CAST(amount AS VARCHAR) AS amount,"
                  + " epoch_us(ordered_at) AS ordered_at, epoch_us(updated_at) AS updated_at) FROM"
                  + " orders WHERE customer_id IN (SELECT id FROM customers)) o");

      assertThat(foundCustomers, containsInAnyOrder(customers.toArray()));
      // Orders that a departed customer left under an id used again have no owner in the shop.
      orders.removeAll(foundOrders);
      assertThat(orders, is(empty()));
    }
  }

  @Test
  void tablesDoNotDependOnOrderRepetitionOrDamage() throws Exception {
    Path calm = directory.resolve("calm");
    Path rough = directory.resolve("rough");
    ShopGenerator.generate(new Options(calm, 300, 1, 7, 1, 0, 0, 0));
    ShopGenerator.generate(new Options(rough, 300, 1, 7, 12, 0.4, 0.3, 3_000));

    try (OracleTables tables = OracleTables.of(calm)) {
      for (String name : OracleTables.NAMES) {
        tables.execute("CREATE TABLE calm_" + name + " AS FROM " + name);
      }

      tables.compute(rough);
      for (String name : OracleTables.NAMES) {
        assertThat(name, tables.number("SELECT count(*) FROM " + name), greaterThan(0L));
        assertThat(name, tables.number(differences(name, "calm_" + name)), is(0L));
      }
    }
  }

  @Test
  void shippedDataHoldsEveryOddity() throws Exception {
    try (OracleTables tables = OracleTables.of(SHIPPED)) {
      for (String name : OracleTables.NAMES) {
        assertThat(name, tables.number("SELECT count(*) FROM " + name), greaterThan(1_000L));
      }

      assertOccurs(tables, "notes carried over a key change", "customer_notes WHERE is_carried");
      assertOccurs(
          tables,
          "notes carried over two key changes",
          "customer_notes JOIN carried_from USING (id) JOIN carried_from before"
              + " ON before.id = carried_from.from_id WHERE is_carried");
      assertOccurs(tables, "no loyalty points", "customers WHERE loyalty_points IS NULL");
      assertOccurs(tables, "customers without orders", "customer_insights WHERE order_count = 0");
      assertOccurs(
          tables,
          "customers without interactions",
          "customer_insights WHERE favourite_channel IS NULL");
      assertOccurs(
          tables,
          "orders without customer",
          "orders WHERE customer_id NOT IN (SELECT id FROM customers)");
      assertOccurs(
          tables,
          "rows inserted again",
          "customer_events WHERE incarnation > 0 AND op = 'c' AND old_id IS NULL");
      assertOccurs(
          tables, "versions of no length", "customers_history WHERE valid_from = valid_to");
      assertOccurs(tables, "a clock that steps back", "customer_events WHERE since_us > commit_us");
      assertOccurs(
          tables, "numbers that grow by a digit", "customer_events WHERE lsn >= 100000000");
      assertOccurs(
          tables,
          "changes logged before the snapshot and committed after it",
          "customer_events e JOIN customer_events r USING (id)"
              + " WHERE r.op = 'r' AND e.op = 'd' AND e.lsn < r.lsn");
      assertOccurs(
          tables,
          "updates without effect",
          "(SELECT 1 FROM customer_versions HAVING count(*) FILTER (NOT is_delete)"
              + " > (SELECT count(*) FROM customers_history))");
      assertOccurs(
          tables,
          "repetitions under another offset",
          "(SELECT 1 FROM interaction_events GROUP BY event_id"
              + " HAVING count(DISTINCT log_offset) > 1)");
    }
  }

  @Test
  void eachEventCountsOnce() throws Exception {
    try (OracleTables tables = OracleTables.of(SHIPPED)) {
      long readable = tables.number("SELECT count(*) FROM interaction_events");
      long events = tables.number("SELECT count(DISTINCT event_id) FROM interaction_events");

      assertThat(readable, greaterThan(events));
      assertThat(
          tables.number("SELECT sum(interactions) FROM interactions_by_window"),
          is(tables.number("SELECT count(*) FROM interactions")));
      assertThat(tables.number("SELECT count(*) FROM interactions"), is(events));
    }
  }

  @Test
  void shippedHistoryEndsWithTheCurrentRows() throws Exception {
    try (OracleTables tables = OracleTables.of(SHIPPED)) {
      tables.execute(
          "CREATE TABLE open_versions AS SELECT * EXCLUDE (valid_from, valid_to, is_current)"
              + " FROM customers_history WHERE is_current");

      assertThat(tables.number(differences("customers", "open_versions")), is(0L));
    }
  }

  @Test
  void windowsNeedALength() {
    assertThrows(IllegalArgumentException.class, () -> Oracle.script(OracleTables.SQL, SHIPPED, 0));
  }

  private static void assertOccurs(OracleTables tables, String what, String source)
      throws Exception {
    assertThat(what, tables.number("SELECT count(*) FROM " + source), greaterThan(0L));
  }

  private static String differences(String one, String other) {
    return ("SELECT count(*) FROM ((FROM %1$s EXCEPT ALL FROM %2$s)"
            + " UNION ALL (FROM %2$s EXCEPT ALL FROM %1$s))")
        .formatted(one, other);
  }
}
