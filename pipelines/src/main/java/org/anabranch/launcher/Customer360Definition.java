package org.anabranch.launcher;

import java.util.List;
import java.util.stream.Collectors;
import org.anabranch.model.Internal;
import org.anabranch.pipelines.Customer360;
import org.anabranch.pipelines.Customer360Config;

/** {@code customer-360}. */
@Internal
public final class Customer360Definition implements PipelineDefinition {

  static final String NAME = "customer-360";

  @Override
  public int compiledAgainst() {
    return VERSION;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String summary() {
    return "customers, their history, orders, insights and visits by window, from a shop's changes";
  }

  @Override
  public List<OptionSpec> options() {
    return Customer360Options.ALL;
  }

  @Override
  public OptionSpec warehouse() {
    return Customer360Options.WAREHOUSE;
  }

  @Override
  public PlannedPipeline plan(PipelineCall call) {
    Customer360Config config =
        Customer360Options.parse(call.options(), call.home()).toConfig().with(call.sources());
    return new PlannedPipeline(
        config.tables(),
        Customer360.COMPUTED.stream()
            .collect(Collectors.toMap(table -> table, table -> Customer360.COMPUTATION)),
        (pipeline, source, target) -> Customer360.expand(pipeline, config.reading(source), target));
  }
}
