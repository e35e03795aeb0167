package org.anabranch.pipelines;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.Internal;
import org.anabranch.transforms.customer.InteractionsByWindow;
import org.anabranch.transforms.customer.WindowRule;
import org.anabranch.transforms.parse.Limits;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.Route;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.parse.TableSpec.Form;
import org.anabranch.transforms.source.SourceRules;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of {@link Customer360}.
 *
 * @param tables change streams of customers and orders and the event stream of interactions
 * @param windows how interactions are counted by time
 * @param asOf instant that recency is counted back from; null: the newest order or interaction
 */
@Internal
public record Customer360Config(TablesConfig tables, WindowRule windows, @Nullable Instant asOf) {

  /** Configuration for the shop's tables read from these files. */
  public static Customer360Config of(
      List<String> inputs, int buckets, WindowRule windows, @Nullable Instant asOf) {
    Map<String, TableSpec> tables = new LinkedHashMap<>();
    tables.put("customers", customers());
    tables.put("orders", orders());
    tables.put(
        "interactions",
        windows.tellsLate()
            ? interactions().withLogTime(InteractionsByWindow.LOGGED_AT)
            : interactions());
    return new Customer360Config(
        new TablesConfig(
            inputs,
            tables,
            Others.IGNORE,
            Tombstones.IGNORE,
            ParseConfig.UNAVAILABLE,
            Map.of(),
            Set.of("customers"),
            buckets),
        windows,
        asOf);
  }

  /** The same with other limits of records. */
  public Customer360Config withLimits(Limits limits) {
    return new Customer360Config(tables.withLimits(limits), windows, asOf);
  }

  /** The same from other changes. */
  public Customer360Config reading(ChangeSource source) {
    return new Customer360Config(tables.reading(source), windows, asOf);
  }

  /** The same with what is declared of sources. */
  public Customer360Config with(SourceRules sources) {
    return new Customer360Config(tables.with(sources), windows, asOf);
  }

  /** The same with routes, by which changes of tables of other names go to those of the shop. */
  public Customer360Config routing(List<Route> routes) {
    return new Customer360Config(tables.routing(routes), windows, asOf);
  }

  private static TableSpec customers() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("id", "bigint");
    columns.put("name", "string");
    columns.put("email", "string");
    columns.put("country", "string");
    columns.put("tier", "string");
    columns.put("notes", "string");
    columns.put("marketing_opt_in", "boolean");
    columns.put("birth_date", "date");
    columns.put("created_at", "timestamptz");
    columns.put("updated_at", "timestamptz");
    columns.put("loyalty_points", "int");
    return new TableSpec("customers", List.of("id"), columns, Set.of(), Form.CHANGES);
  }

  private static TableSpec orders() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("order_id", "bigint");
    columns.put("customer_id", "bigint");
    columns.put("status", "string");
    columns.put("amount", "decimal(12,2)");
    columns.put("currency", "string");
    columns.put("ordered_at", "timestamptz");
    columns.put("updated_at", "timestamptz");
    return new TableSpec("orders", List.of("order_id"), columns, Set.of(), Form.CHANGES);
  }

  private static TableSpec interactions() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("event_id", "string");
    columns.put("customer_id", "bigint");
    columns.put("type", "string");
    columns.put("channel", "string");
    columns.put("country", "string");
    columns.put("seconds", "int");
    columns.put("value_cents", "int");
    columns.put("occurred_at", "timestamptz");
    return new TableSpec(
        "interactions", List.of("event_id"), columns, Set.of("occurred_at"), Form.FACTS);
  }
}
