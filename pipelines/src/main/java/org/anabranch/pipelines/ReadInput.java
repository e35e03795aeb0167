package org.anabranch.pipelines;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.anabranch.files.InputFiles;
import org.anabranch.files.ReadBase;
import org.anabranch.files.ReadChanges;
import org.anabranch.kafka.ReadTopics;
import org.anabranch.kafka.TopicSlice;
import org.anabranch.kafka.TopicSlices;
import org.anabranch.lake.ReadArchive;
import org.anabranch.pipelines.ChangeSource.ArchivedRecords;
import org.anabranch.pipelines.ChangeSource.ChangeFiles;
import org.anabranch.pipelines.ChangeSource.DeadLettersAgain;
import org.anabranch.pipelines.ChangeSource.TopicRecords;
import org.anabranch.pipelines.ChangeSource.TopicStream;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.PerRun.RunScope;
import org.anabranch.transforms.merge.RunWindow;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.DeclaredTables;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.parse.Parsing;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.anabranch.transforms.retry.RetryDeadLetters;
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
 * Changes and base tables of a run, spread over the buckets of their tables: gives {@link
 * MergeBuckets#RUN} and what {@link ParsedChanges} says. Reading and parsing are one step wherever
 * records come from, so that no runner has to hold raw ones between the two.
 */
final class ReadInput extends PTransform<PBegin, PCollectionTuple> {

  private static final long serialVersionUID = 1;

  private final transient TablesConfig config;
  private final transient Target target;
  private final transient boolean areMade;

  private ReadInput(TablesConfig config, Target target, boolean areMade) {
    this.config = config;
    this.target = target;
    this.areMade = areMade;
  }

  /** Tables that are declared are made when something comes for them. */
  static ReadInput of(TablesConfig config, Target target) {
    return new ReadInput(config, target, false);
  }

  /** They are there whatever the input holds, for others are computed from them. */
  ReadInput makingTables() {
    return new ReadInput(config, target, true);
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    Map<String, InputFiles> bases = new LinkedHashMap<>();
    config.bases().forEach((table, glob) -> bases.put(table, InputFiles.match(List.of(glob))));
    RunConfigs configs = new RunConfigs(config.withoutSource(), target.schemaChanges());
    PerRun<Parsing> parsing = target.perRun(run -> configs.parsing(run, bases));
    PerRun<TableStore> stores = target.perRun(RunScope::store);

    PCollectionTuple changes = changes(begin, parsing);
    PCollectionList<RunReport> seen =
        PCollectionList.of(changes.get(ParsedChanges.REPORTS))
            .and(
                changes
                    .get(MergeBuckets.RUN)
                    .apply(
                        "Declared tables",
                        ParDo.of(new DeclaredFn(config.declared(), areMade, parsing, stores)))
                    .setCoder(RunReportCoder.of()));
    PCollectionList<KV<TableBucket, byte[]>> batches =
        PCollectionList.of(changes.get(ParsedChanges.BATCHES));
    for (Map.Entry<String, InputFiles> base : bases.entrySet()) {
      PCollectionTuple rows = begin.apply("Base of " + base.getKey(), base(base, parsing));
      seen = seen.and(rows.get(ParsedChanges.REPORTS));
      batches = batches.and(rows.get(ParsedChanges.BATCHES));
    }

    return PCollectionTuple.of(MergeBuckets.RUN, changes.get(MergeBuckets.RUN))
        .and(ParsedChanges.REPORTS, seen.apply("Seen", Flatten.pCollections()))
        .and(ParsedChanges.BATCHES, batches.apply("All changes", Flatten.pCollections()));
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

  /** The tables that are declared, with what is known of them as they are stored. */
  static final class DeclaredFn extends DoFn<String, RunReport> {

    private static final long serialVersionUID = 1;

    private final DeclaredTables declared;
    private final boolean areMade;
    private final PerRun<Parsing> parsing;
    private final PerRun<TableStore> stores;

    DeclaredFn(
        DeclaredTables declared,
        boolean areMade,
        PerRun<Parsing> parsing,
        PerRun<TableStore> stores) {
      this.declared = declared;
      this.areMade = areMade;
      this.parsing = parsing;
      this.stores = stores;
    }

    @ProcessElement
    public void process(BoundedWindow window, OutputReceiver<RunReport> out) {
      Parsing parse = parsing.of(window);
      TableStore store = stores.of(window);
      if (parse != null && store != null) {
        out.output(declared.as(parse.config().tables()).report(declared.histories(store), areMade));
      }
    }
  }
}
