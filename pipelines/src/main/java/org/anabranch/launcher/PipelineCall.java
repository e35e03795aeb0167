package org.anabranch.launcher;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.Stable;
import org.anabranch.pipelines.TablesConfig;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.source.SourceRules;

/** What a call says to the pipeline it names. */
@Stable
public final class PipelineCall {

  /** Options of a pipeline that reads declared tables from files or topics, see {@link #tables}. */
  public static final List<OptionSpec> INPUT_OPTIONS =
      List.of(
          ReplicateOptions.INPUT,
          ReplicateOptions.BUCKETS,
          ReplicateOptions.ROUTE,
          LimitOptions.MAX_LINE,
          LimitOptions.MAX_COLUMNS);

  private final Settings options;
  private final TableDeclarations declared;
  private final SourceRules sources;
  private final Path home;

  PipelineCall(Settings options, TableDeclarations declared, SourceRules sources, Path home) {
    this.options = options;
    this.declared = declared;
    this.sources = sources;
    this.home = home;
  }

  /** Values of the pipeline's options and of those of every run. */
  public Settings options() {
    return options;
  }

  /** What is declared of the sources of changes. */
  public SourceRules sources() {
    return sources;
  }

  /** Directory of the project. */
  public Path home() {
    return home;
  }

  /** What a configuration file declares of tables. */
  TableDeclarations declared() {
    return declared;
  }

  /**
   * These tables, and no others, read as {@link #INPUT_OPTIONS} say, which must be among the
   * pipeline's options. Without topics, {@code --input} must be given.
   */
  public TablesConfig tables(TableSpec... tables) {
    if (!TopicOptions.isGiven(options, ReplicateOptions.INPUT)) {
      options.text(ReplicateOptions.INPUT);
    }

    Map<String, TableSpec> byName = new LinkedHashMap<>();
    for (TableSpec table : tables) {
      byName.put(table.name(), table);
    }

    return new TablesConfig(
            options.list(ReplicateOptions.INPUT),
            byName,
            Others.IGNORE,
            Tombstones.IGNORE,
            ParseConfig.UNAVAILABLE,
            Map.of(),
            Set.of(),
            ReplicateOptions.buckets(options))
        .routing(RouteText.routes(options, ReplicateOptions.ROUTE))
        .withLimits(LimitOptions.parse(options))
        .with(sources);
  }
}
