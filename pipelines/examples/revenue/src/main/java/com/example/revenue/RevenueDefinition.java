package com.example.revenue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.launcher.OptionSpec;
import org.anabranch.launcher.PipelineCall;
import org.anabranch.launcher.PipelineDefinition;
import org.anabranch.launcher.PlannedPipeline;
import org.anabranch.pipelines.ComputeTables;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.parse.TableSpec.Form;

/** {@code ./anabranch run revenue}: merges orders and customers and computes the revenue. */
public final class RevenueDefinition implements PipelineDefinition {

  private static final TableSpec ORDERS =
      new TableSpec(
          "orders",
          List.of("order_id"),
          Map.of(
              "order_id", "bigint",
              "customer_id", "bigint",
              "status", "string",
              "amount", "decimal(12,2)",
              "ordered_at", "timestamptz"),
          Set.of(),
          Form.CHANGES);

  private static final TableSpec CUSTOMERS =
      new TableSpec(
          "customers",
          List.of("id"),
          Map.of("id", "bigint", "country", "string"),
          Set.of(),
          Form.CHANGES);

  @Override
  public int compiledAgainst() {
    return VERSION;
  }

  @Override
  public String name() {
    return "revenue";
  }

  @Override
  public String summary() {
    return "revenue per country and hour, from a shop's orders and customers";
  }

  @Override
  public List<OptionSpec> options() {
    return PipelineCall.INPUT_OPTIONS;
  }

  @Override
  public PlannedPipeline plan(PipelineCall call) {
    return PlannedPipeline.of(
        ComputeTables.of(call.tables(ORDERS, CUSTOMERS))
            .reading("orders", RevenueByCountryAndHour.ORDERS)
            .reading("customers", RevenueByCountryAndHour.CUSTOMERS)
            .computing(
                RevenueByCountryAndHour.TABLE,
                RevenueByCountryAndHour.VERSION,
                List.of("country", "hour"),
                new RevenueByCountryAndHour()));
  }
}
