package org.anabranch.launcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** A pipeline that can be run: ours and those of others, all found in the same way. */
final class NamedPipeline {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");

  private final PipelineDefinition definition;
  private final String label;
  private final String summary;
  private final OptionSpec warehouse;
  private final List<OptionSpec> options;

  private NamedPipeline(PipelineDefinition definition) {
    this.definition = definition;
    label = definition.name();
    summary = definition.summary();
    warehouse = definition.warehouse();
    options = allOptions(definition, warehouse);
  }

  private static List<OptionSpec> allOptions(PipelineDefinition definition, OptionSpec warehouse) {
    List<OptionSpec> options = new ArrayList<>(definition.options());
    options.addAll(SourceOptions.ALL);
    options.addAll(TargetOptions.all(warehouse));
    options.addAll(RunOptions.ALL);
    options.addAll(TopicOptions.ALL);
    options.addAll(MicroBatchOptions.ALL);
    return List.copyOf(options);
  }

  /**
   * Reads the options of the pipeline.
   *
   * @throws WrongCallException for an option that is missing or wrong
   */
  PlannedPipeline plan(PipelineCall call) {
    try {
      return definition.plan(call);
    } catch (LinkageError e) {
      throw unfit(definition, e);
    }
  }

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
    return options;
  }

  /**
   * All pipelines that are on the class path, by name.
   *
   * @throws WrongCallException where one cannot be loaded, or two have the same name
   */
  static Collection<NamedPipeline> all() {
    Map<String, NamedPipeline> found = new TreeMap<>();
    Iterator<PipelineDefinition> definitions =
        ServiceLoader.load(PipelineDefinition.class).iterator();
    try {
      while (definitions.hasNext()) {
        NamedPipeline pipeline = checked(definitions.next());
        NamedPipeline other = found.putIfAbsent(pipeline.label, pipeline);
        if (other != null) {
          throw new WrongCallException(
              "two pipelines are called '%s', %s and %s; leave one of them out of %s"
                  .formatted(
                      pipeline.label,
                      other.definition.getClass().getName(),
                      pipeline.definition.getClass().getName(),
                      UserClasses.VARIABLE));
        }
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new WrongCallException(
          "a pipeline cannot be loaded: %s; see that %s names all it needs"
              .formatted(reason(e), UserClasses.VARIABLE),
          e);
    }

    return found.values();
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    String text = Reasons.oneLine(String.valueOf(failure.getMessage()));
    return cause == null ? text : text + " (" + Reasons.of(cause) + ")";
  }

  private static NamedPipeline checked(PipelineDefinition definition) {
    NamedPipeline pipeline;
    try {
      int version = definition.compiledAgainst();
      if (version != PipelineDefinition.VERSION) {
        throw new WrongCallException(
            "pipeline %s was compiled against version %d of PipelineDefinition, this is version %d; compile it against this one"
                .formatted(definition.getClass().getName(), version, PipelineDefinition.VERSION));
      }

      pipeline = new NamedPipeline(definition);
    } catch (LinkageError e) {
      throw unfit(definition, e);
    }

    if (!NAME.matcher(pipeline.label).matches()) {
      throw new WrongCallException(
          "a pipeline's name must be lower-case letters, digits and dashes, but %s is called '%s'"
              .formatted(definition.getClass().getName(), pipeline.label));
    }

    Set<String> names = new TreeSet<>();
    for (OptionSpec option : pipeline.options) {
      if (!names.add(option.name())) {
        throw new WrongCallException(
            "pipeline '%s' has an option --%s, which is there already; call it otherwise"
                .formatted(pipeline.label, option.name()));
      }
    }

    return pipeline;
  }

  private static WrongCallException unfit(PipelineDefinition definition, LinkageError failure) {
    return new WrongCallException(
        "pipeline %s does not fit this version of anabranch: %s; compile it against this one"
            .formatted(definition.getClass().getName(), reason(failure)),
        failure);
  }

  /** Names of those that are not ours. */
  static List<String> others() {
    return labels().stream()
        .filter(
            label ->
                !label.equals(Customer360Definition.NAME)
                    && !label.equals(ReplicateDefinition.NAME))
        .toList();
  }

  static List<String> labels() {
    return all().stream().map(NamedPipeline::label).toList();
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

    for (NamedPipeline pipeline : all()) {
      if (pipeline.label.equals(words.get(0))) {
        return pipeline;
      }
    }

    throw new WrongCallException(
        "there is no pipeline '" + words.get(0) + "'; pipelines: " + String.join(", ", labels()));
  }
}
