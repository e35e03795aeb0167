package org.anabranch.pipelines;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.files.InputFiles;
import org.anabranch.files.ReadBase;
import org.anabranch.files.ReadChanges;
import org.anabranch.kafka.ReadTopics;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.pipelines.ChangeSource.ChangeFiles;
import org.anabranch.pipelines.ChangeSource.TopicRecords;
import org.anabranch.transforms.merge.MergeBuckets;
import org.anabranch.transforms.merge.MergeConfig;
import org.anabranch.transforms.merge.Projection;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.BucketCounts;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
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
    TableStore store = target.store();
    BucketCounts buckets = new BucketCounts(target.newBuckets(), store.buckets());
    MergeConfig merging = new MergeConfig(store, histories(store), projections, target.rule());
    long now = Values.micros(Instant.now());

    List<PCollectionTuple> parts = new ArrayList<>();
    ParseConfig parsing = config.parsing(buckets, bases, store, target.schemaChanges());
    parts.add(begin.apply("Changes", changes(parsing, now)));
    bases.forEach(
        (table, files) -> {
          List<String> key = Objects.requireNonNull(config.tables().get(table)).key();
          parts.add(begin.apply("Base of " + table, ReadBase.of(files, table, key, buckets, now)));
        });

    PCollectionList<RunReport> seen = PCollectionList.of(declared(begin, merging, parsing));
    PCollectionList<KV<TableBucket, byte[]>> batches = PCollectionList.empty(begin.getPipeline());
    for (PCollectionTuple part : parts) {
      seen = seen.and(part.get(ParsedChanges.REPORTS));
      batches = batches.and(part.get(ParsedChanges.BATCHES));
    }

    PCollection<RunReport> allSeen = seen.apply("Seen", Flatten.pCollections());
    PCollectionTuple merged =
        PCollectionTuple.of(MergeBuckets.REPORTS, allSeen)
            .and(MergeBuckets.BATCHES, batches.apply("All changes", Flatten.pCollections()))
            .apply("Merge", MergeBuckets.with(merging));
    PCollection<RunReport> reports =
        PCollectionList.of(allSeen)
            .and(merged.get(MergeBuckets.REPORTS))
            .apply("Reports", Flatten.pCollections());
    return PCollectionTuple.of(MergeBuckets.REPORTS, reports)
        .and(MergeBuckets.PROJECTED, merged.get(MergeBuckets.PROJECTED));
  }

  private PTransform<PBegin, PCollectionTuple> changes(ParseConfig parsing, long now) {
    ChangeSource source = config.source();
    if (source instanceof TopicRecords topics) {
      return ReadTopics.of(topics.kafka(), topics.slices(), parsing, now);
    }

    return ReadChanges.of(InputFiles.match(((ChangeFiles) source).globs()), parsing, now);
  }

  /**
   * Tables that have a history: those the configuration names, and those that have one already.
   *
   * @throws IllegalArgumentException for a table that is stored without one
   */
  private Set<String> histories(TableStore store) {
    Set<String> stored = store.buckets().keySet();
    Set<String> histories = new TreeSet<>(config.histories());
    for (String table : stored) {
      boolean hasHistory = MergeBuckets.isHistory(store.schema(table + MergeConfig.HISTORY_SUFFIX));
      if (hasHistory) {
        histories.add(table);
      } else if (histories.contains(table)) {
        throw new IllegalArgumentException(
            "table '"
                + table
                + "' is stored without a history, which can be kept from the first run on only");
      }
    }

    return histories;
  }

  /** The tables that are there whatever the input holds: declared ones and the dead letters. */
  private PCollection<RunReport> declared(PBegin begin, MergeConfig merging, ParseConfig parsing) {
    List<TableReport> tables = new ArrayList<>();
    tables.add(
        new TableReport(
            DeadLetters.TABLE, DeadLetters.KEY, DeadLetters.schema(), List.of(), Map.of()));
    for (String name : config.tables().keySet()) {
      TableSpec spec = Objects.requireNonNull(parsing.tables().get(name));
      Schema schema = spec.schema();
      tables.add(new TableReport(spec.name(), spec.key(), schema, List.of(), Map.of()));
      if (merging.histories().contains(spec.name())) {
        tables.add(
            new TableReport(
                spec.name() + MergeConfig.HISTORY_SUFFIX,
                spec.key(),
                MergeBuckets.historySchema(schema),
                List.of(),
                Map.of()));
      }
    }

    return begin.apply(
        "Declared tables", Create.of(RunReport.of(tables)).withCoder(RunReportCoder.of()));
  }
}
