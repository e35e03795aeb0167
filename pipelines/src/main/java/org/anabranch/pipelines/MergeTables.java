package org.anabranch.pipelines;

import static java.util.stream.Collectors.joining;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.anabranch.files.InputFiles;
import org.anabranch.files.ReadBase;
import org.anabranch.files.ReadChanges;
import org.anabranch.kafka.ReadTopics;
import org.anabranch.kafka.TopicSlice;
import org.anabranch.kafka.TopicSlices;
import org.anabranch.lake.ReadArchive;
import org.anabranch.model.Schema;
import org.anabranch.pipelines.ChangeSource.ArchivedRecords;
import org.anabranch.pipelines.ChangeSource.ChangeFiles;
import org.anabranch.pipelines.ChangeSource.DeadLettersAgain;
import org.anabranch.pipelines.ChangeSource.TopicRecords;
import org.anabranch.pipelines.ChangeSource.TopicStream;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.Projection;
import org.anabranch.transforms.merge.RunWindow;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.parse.Parsing;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.retry.RetryDeadLetters;
import org.anabranch.transforms.source.TableFacts;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.Keys;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;

/**
 * Changes and base tables merged to current tables and histories: what all pipelines share. Gives
 * the reports of all steps and the projections that are asked for.
 */
final class MergeTables extends PTransform<PBegin, PCollectionTuple> {

  private static final long serialVersionUID = 1;

  private final transient TablesConfig config;
  private final transient Target target;
  private final transient List<Projection> projections;

  MergeTables(TablesConfig config, Target target, List<Projection> projections) {
    this.config = config;
    this.target = target;
    this.projections = projections;
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    Map<String, InputFiles> bases = new LinkedHashMap<>();
    config.bases().forEach((table, glob) -> bases.put(table, InputFiles.match(List.of(glob))));
    RunConfigs configs =
        new RunConfigs(config.withoutSource(), projections, target.rule(), target.schemaChanges());
    PerRun<MergeConfig> merging = target.perRun(configs::merging);
    PerRun<Parsing> parsing = target.perRun(run -> configs.parsing(run, bases));

    PCollectionTuple changes = changes(begin, parsing);
    PCollectionList<RunReport> seen =
        PCollectionList.of(changes.get(ParsedChanges.REPORTS))
            .and(
                changes
                    .get(MergeBuckets.RUN)
                    .apply(
                        "Declared tables",
                        ParDo.of(
                            new DeclaredFn(
                                config.tables().keySet(), projections.isEmpty(), parsing, merging)))
                    .setCoder(RunReportCoder.of()));
    PCollectionList<KV<TableBucket, byte[]>> batches =
        PCollectionList.of(changes.get(ParsedChanges.BATCHES));
    for (Map.Entry<String, InputFiles> base : bases.entrySet()) {
      PCollectionTuple rows = begin.apply("Base of " + base.getKey(), base(base, parsing));
      seen = seen.and(rows.get(ParsedChanges.REPORTS));
      batches = batches.and(rows.get(ParsedChanges.BATCHES));
    }

    PCollection<RunReport> allSeen = seen.apply("Seen", Flatten.pCollections());
    PCollectionTuple merged =
        PCollectionTuple.of(MergeBuckets.RUN, changes.get(MergeBuckets.RUN))
            .and(MergeBuckets.REPORTS, allSeen)
            .and(MergeBuckets.BATCHES, batches.apply("All changes", Flatten.pCollections()))
            .apply("Merge", MergeBuckets.with(merging));
    PCollection<RunReport> reports =
        PCollectionList.of(allSeen)
            .and(merged.get(MergeBuckets.REPORTS))
            .apply("Reports", Flatten.pCollections());
    return PCollectionTuple.of(MergeBuckets.RUN, changes.get(MergeBuckets.RUN))
        .and(MergeBuckets.REPORTS, reports)
        .and(MergeBuckets.PROJECTED, merged.get(MergeBuckets.PROJECTED));
  }

  /** What parsing gives, and {@link MergeBuckets#RUN}. */
  private PCollectionTuple changes(PBegin begin, PerRun<Parsing> parsing) {
    ChangeSource source = config.source();
    if (source instanceof TopicStream stream) {
      PCollection<KV<String, TopicSlices>> runs =
          begin
              .apply("Slices", Read.from(stream.runs()))
              .apply("Runs", Window.into(new RunWindow.OfKey<>()));
      return runs.apply("Parts", ReadTopics.partsOfRuns())
          .setCoder(TopicSlice.SliceCoder.of())
          .apply("Changes", ReadTopics.of(stream.kafka(), parsing))
          .and(MergeBuckets.RUN, runs.apply("Names", Keys.create()));
    }

    PCollection<String> run = begin.apply("Run", Create.of("").withCoder(StringUtf8Coder.of()));
    if (source instanceof TopicRecords topics) {
      return begin
          .apply("Slices", ReadTopics.parts(topics.slices()))
          .apply("Changes", ReadTopics.of(topics.kafka(), parsing))
          .and(MergeBuckets.RUN, run);
    }

    Parsing only = only(parsing);
    if (source instanceof ArchivedRecords archived) {
      return begin
          .apply("Changes", ReadArchive.of(archived.files(), archived.selection(), only))
          .and(MergeBuckets.RUN, run);
    }

    if (source instanceof DeadLettersAgain again) {
      RunScope scope = only(target.perRun(one -> one));
      return begin
          .apply("Changes", RetryDeadLetters.of(scope, again.selection(), only))
          .and(MergeBuckets.RUN, run);
    }

    InputFiles files = InputFiles.match(((ChangeFiles) source).globs());
    return begin
        .apply("Changes", ReadChanges.of(files, only.config(), only.recordedAtMicros()))
        .and(MergeBuckets.RUN, run);
  }

  private ReadBase base(Map.Entry<String, InputFiles> base, PerRun<Parsing> parsing) {
    String table = base.getKey();
    List<String> key = Objects.requireNonNull(config.tables().get(table)).key();
    Parsing only = only(parsing);
    return ReadBase.of(
        base.getValue(), table, key, only.config().buckets(), only.recordedAtMicros());
  }

  /** Files are read in bounded pipelines, which are one run. */
  private static <T extends Serializable> T only(PerRun<T> parsing) {
    return Objects.requireNonNull(parsing.of(GlobalWindow.INSTANCE));
  }

  /**
   * The tables that are declared, and the dead letters. Tables that others are computed from are
   * there whatever the input holds; others are made when something comes for them.
   */
  static final class DeclaredFn extends DoFn<String, RunReport> {

    private static final long serialVersionUID = 1;

    private final List<String> names;
    private final boolean areOnlyNamed;
    private final PerRun<Parsing> parsing;
    private final PerRun<MergeConfig> merging;

    DeclaredFn(
        Set<String> names,
        boolean areOnlyNamed,
        PerRun<Parsing> parsing,
        PerRun<MergeConfig> merging) {
      this.names = List.copyOf(names);
      this.areOnlyNamed = areOnlyNamed;
      this.parsing = parsing;
      this.merging = merging;
    }

    @ProcessElement
    public void process(BoundedWindow window, OutputReceiver<RunReport> out) {
      Parsing parse = parsing.of(window);
      MergeConfig merge = merging.of(window);
      if (parse != null && merge != null) {
        out.output(declared(parse.config(), merge.histories()));
      }
    }

    private RunReport declared(ParseConfig parsing, Set<String> histories) {
      List<TableReport> tables = new ArrayList<>();
      tables.add(
          new TableReport(
              DeadLetters.TABLE, DeadLetters.KEY, DeadLetters.schema(), List.of(), Map.of()));
      for (String name : names) {
        TableSpec spec = Objects.requireNonNull(parsing.tables().get(name));
        Schema schema = spec.schema();
        Map<String, Long> counts = areOnlyNamed ? Map.of(TableReport.NAMED, 1L) : Map.of();
        tables.add(
            new TableReport(
                spec.name(), spec.key(), schema, List.of(), counts, Map.of(), facts(spec)));
        if (histories.contains(spec.name())) {
          tables.add(
              new TableReport(
                  spec.name() + MergeConfig.HISTORY_SUFFIX,
                  spec.key(),
                  MergeBuckets.historySchema(schema),
                  List.of(),
                  Map.of()));
        }
      }

      return RunReport.of(tables);
    }

    private static TableFacts facts(TableSpec spec) {
      TableFacts declared = TableFacts.of(TableFacts.DECLARED, spec.name());
      return spec.key().isEmpty()
          ? declared
          : declared.join(
              TableFacts.of(
                  TableFacts.DECLARED_KEY, spec.key().stream().sorted().collect(joining("+"))));
    }
  }
}
