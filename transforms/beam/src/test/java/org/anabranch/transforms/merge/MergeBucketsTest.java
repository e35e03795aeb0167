package org.anabranch.transforms.merge;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Generated;
import org.anabranch.model.ModelChange;
import org.anabranch.model.ModelTable;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Values;
import org.anabranch.transforms.report.LeftReport;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.report.WriteReport;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestPipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The merge on a runner; {@link BucketMergeTest} says more of what it gives. */
class MergeBucketsTest {

  private static final String TABLE = EncodedChanges.TABLE;
  private static final String HISTORY = TABLE + MergeConfig.HISTORY_SUFFIX;
  private static final int BUCKETS = 3;

  @Test
  void mergesOnARunnerAsTheModelReplays(@TempDir Path staging) {
    Generated.forSeeds(
        5,
        generated -> {
          List<ModelChange> changes = generated.changesWithKeyChanges(40);
          ModelTable model = ModelTable.replay(changes);
          RunReport report =
              run(generated, changes, staging.resolve("" + generated.below(1 << 30)));
          assertThat(sorted(report, TABLE), is(ModelRows.current(model)));
          assertThat(sorted(report, HISTORY), is(ModelRows.history(model)));
          assertThat(written(report, TABLE), is((long) model.rows().size()));
          assertThat(written(report, HISTORY), is((long) MemoryStore.rows(report, HISTORY).size()));
        });
  }

  @Test
  void tableOfWhichNothingIsLeftHasNoRows(@TempDir Path staging) {
    Generated generated = new Generated(1);
    List<ModelChange> changes = List.of(ModelChange.delete(generated.position(), "k"));
    RunReport report = run(generated, changes, staging);
    assertThat(MemoryStore.rows(report, TABLE), is(empty()));
  }

  private static RunReport run(Generated generated, List<ModelChange> changes, Path staging) {
    Projection projection = new Projection(TABLE, List.of("b", "id"), "step", "b", 2);
    MergeConfig config = new MergeConfig(MemoryStore.empty(), Set.of(TABLE), List.of(projection));
    TestPipeline pipeline =
        TestPipeline.fromOptions(PipelineOptionsFactory.fromArgs("--targetParallelism=1").create())
            .enableAbandonedNodeEnforcement(false);
    PCollectionTuple merged =
        PCollectionTuple.of(MergeBuckets.RUN, pipeline.apply("Run", Create.of("")))
            .and(MergeBuckets.REPORTS, pipeline.apply("Seen", seen()))
            .and(
                MergeBuckets.BATCHES,
                pipeline.apply(
                    "Changes",
                    Create.of(EncodedChanges.arriving(generated, changes, BUCKETS))
                        .withCoder(KvCoder.of(TableBucket.BucketCoder.of(), ByteArrayCoder.of()))))
            .apply(MergeBuckets.with(PerRun.always(config)));
    TreeSet<String> expected = new TreeSet<>();
    ModelTable.replay(changes)
        .rows()
        .forEach(
            (key, row) -> {
              if (row.values().get("b") != null) {
                expected.add(row.values().get("b") + " of " + key);
              }
            });
    PAssert.that(merged.get(MergeBuckets.PROJECTED))
        .satisfies(
            batches -> {
              TreeSet<String> rows = new TreeSet<>();
              batches.forEach(batch -> addRows(batch, rows));
              assertThat(rows, is(expected));
              return null;
            });
    merged.get(MergeBuckets.REPORTS).apply(WriteReport.to(PerRun.always(staging.toString())));
    pipeline.run(pipeline.getOptions()).waitUntilFinish();
    try {
      return LeftReport.in(staging);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Create.Values<RunReport> seen() {
    TableReport table =
        new TableReport(
            TABLE, List.of(EncodedChanges.ID), EncodedChanges.schema(), List.of(), Map.of());
    return Create.of(RunReport.of(List.of(table))).withCoder(RunReportCoder.of());
  }

  private static void addRows(KV<TableBucket, byte[]> batch, Set<String> rows) {
    RowBatch.Reader reader = new RowBatch.Reader(batch.getValue());
    while (reader.next()) {
      ByteReader values =
          new ByteReader(reader.buffer())
              .reset(reader.buffer(), reader.payloadOffset(), reader.payloadLength());
      String value = (String) Values.read(values);
      assertThat(batch.getKey(), is(new TableBucket("step", EncodedChanges.key(value).bucket(2))));
      rows.add(value + " of " + Values.read(values));
    }
  }

  private static long written(RunReport report, String table) {
    TableReport found = report.table(table);
    return found == null ? 0 : found.count(TableReport.WRITTEN);
  }

  private static List<Map<String, @Nullable Object>> sorted(RunReport report, String table) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>(MemoryStore.rows(report, table));
    rows.sort(Comparator.comparing(row -> (String) row.get(EncodedChanges.ID)));
    return rows;
  }
}
