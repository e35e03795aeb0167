package org.anabranch.launcher;

import java.util.List;
import java.util.Map;
import org.anabranch.model.Internal;
import org.anabranch.pipelines.Replicate;
import org.anabranch.pipelines.TablesConfig;

/** {@code replicate}. */
@Internal
public final class ReplicateDefinition implements PipelineDefinition {

  static final String NAME = "replicate";

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
    return "any tables from their change events, with declared keys, types and histories";
  }

  @Override
  public List<OptionSpec> options() {
    return ReplicateOptions.ALL;
  }

  @Override
  public PlannedPipeline plan(PipelineCall call) {
    TablesConfig config =
        ReplicateOptions.parse(call.options(), call.declared()).toConfig().with(call.sources());
    return new PlannedPipeline(
        config,
        Map.of(),
        (pipeline, source, target) -> Replicate.expand(pipeline, config.reading(source), target));
  }
}
