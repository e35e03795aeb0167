package org.anabranch.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.anabranch.pipelines.Customer360;
import org.anabranch.pipelines.Customer360Config;
import org.anabranch.pipelines.Replicate;
import org.anabranch.pipelines.TablesConfig;
import org.anabranch.transforms.source.SourceRules;

/** The pipelines that can be run. */
@SuppressWarnings("ImmutableEnumChecker") // The lists are never changed.
enum NamedPipeline {
  CUSTOMER_360(
      "customer-360",
      "customers, their history, orders, insights and visits by window, from a shop's changes",
      Customer360Options.ALL,
      Customer360Options.WAREHOUSE) {
    @Override
    Plan plan(Settings settings, TableDeclarations declared, SourceRules sources, Path home) {
      Customer360Config config = Customer360Options.parse(settings, home).toConfig().with(sources);
      return new Plan(
          config.tables(),
          Customer360.COMPUTED.stream()
              .collect(Collectors.toMap(table -> table, table -> Customer360.COMPUTATION)),
          (pipeline, source, target) ->
              Customer360.expand(pipeline, config.reading(source), target));
    }
  },
  REPLICATE(
      "replicate",
      "any tables from their change events, with declared keys, types and histories",
      ReplicateOptions.ALL,
      ReplicateOptions.WAREHOUSE) {
    @Override
    Plan plan(Settings settings, TableDeclarations declared, SourceRules sources, Path home) {
      TablesConfig config = ReplicateOptions.parse(settings, declared).toConfig().with(sources);
      return new Plan(
          config,
          Map.of(),
          (pipeline, source, target) -> Replicate.expand(pipeline, config.reading(source), target));
    }
  };

  private final String label;
  private final String summary;
  private final List<OptionSpec> own;
  private final OptionSpec warehouse;

  NamedPipeline(String label, String summary, List<OptionSpec> own, OptionSpec warehouse) {
    this.label = label;
    this.summary = summary;
    this.own = own;
    this.warehouse = warehouse;
  }

  /**
   * Reads the options of the pipeline.
   *
   * @param declared what a configuration file declares of tables
   * @param sources what is declared of sources
   * @param home directory of the project
   * @throws WrongCallException for an option that is missing or wrong
   */
  abstract Plan plan(Settings settings, TableDeclarations declared, SourceRules sources, Path home);

  /** Name on the command line. */
  String label() {
    return label;
  }

  /** What it delivers, in one line. */
  String summary() {
    return summary;
  }

  /** How this pipeline asks for its warehouse. */
  OptionSpec warehouse() {
    return warehouse;
  }

  /** Options of the pipeline, then of every run. */
  List<OptionSpec> options() {
    List<OptionSpec> options = new ArrayList<>(own);
    options.addAll(SourceOptions.ALL);
    options.addAll(TargetOptions.all(warehouse));
    options.addAll(RunOptions.ALL);
    options.addAll(TopicOptions.ALL);
    options.addAll(MicroBatchOptions.ALL);
    return options;
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(NamedPipeline::label).toList();
  }

  /**
   * The pipeline that the words behind a command name.
   *
   * @throws WrongCallException where they name none, or more
   */
  static NamedPipeline of(String command, List<String> words) {
    if (words.isEmpty()) {
      throw new WrongCallException(
          command + " needs the name of a pipeline: " + String.join(" or ", labels()));
    }

    if (words.size() > 1) {
      throw new WrongCallException(
          "there is a word too many: '" + words.get(1) + "'; options look like --name=value");
    }

    for (NamedPipeline pipeline : values()) {
      if (pipeline.label.equals(words.get(0))) {
        return pipeline;
      }
    }

    throw new WrongCallException(
        "there is no pipeline '" + words.get(0) + "'; pipelines: " + String.join(", ", labels()));
  }
}
