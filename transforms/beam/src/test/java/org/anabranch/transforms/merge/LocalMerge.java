package org.anabranch.transforms.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Schema;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.anabranch.transforms.source.Generations;
import org.apache.beam.sdk.values.KV;

/** Merges as {@link MergeBuckets} does, without a runner. */
final class LocalMerge {

  private LocalMerge() {}

  static RunReport merge(
      MergeConfig config,
      Schema schema,
      List<KV<TableBucket, byte[]>> batches,
      BiConsumer<TableBucket, byte[]> projected) {
    Map<Integer, List<byte[]>> buckets = new TreeMap<>();
    String name = EncodedChanges.TABLE;
    byte[] empty = new RowBatch.Writer(16).toByteArray();
    for (int bucket = 0; bucket < config.store().buckets().getOrDefault(name, 0); bucket++) {
      buckets.computeIfAbsent(bucket, added -> new ArrayList<>()).add(empty);
    }

    batches.forEach(
        batch ->
            buckets
                .computeIfAbsent(batch.getKey().bucket(), added -> new ArrayList<>())
                .add(batch.getValue()));
    give(config, buckets);
    List<String> key = List.of(EncodedChanges.ID);
    RunReport report =
        RunReport.of(List.of(new TableReport(name, key, Schema.EMPTY, List.of(), Map.of())));
    List<byte[]> moved = new ArrayList<>();
    try {
      for (Map.Entry<Integer, List<byte[]>> bucket : buckets.entrySet()) {
        TableBucket place = new TableBucket(name, bucket.getKey());
        report =
            report.join(
                new BucketUpdate(
                        config, place, key, schema, Generations.NONE, projected, moved::add)
                    .run(bucket.getValue()));
      }

      if (moved.isEmpty()) {
        return report;
      }

      TableBucket place = new TableBucket(name, TableStore.MOVED);
      return report.join(
          new BucketUpdate(config, place, key, schema, Generations.NONE, projected, moved::add)
              .run(moved));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a table that gets another key gives to its buckets. */
  private static void give(MergeConfig config, Map<Integer, List<byte[]>> buckets) {
    List<String> key = config.rekeyed().get(EncodedChanges.TABLE);
    if (key == null) {
      return;
    }

    try {
      Rekeying.of(
          config.store(),
          EncodedChanges.TABLE,
          key,
          (bucket, batch) ->
              buckets.computeIfAbsent(bucket.bucket(), added -> new ArrayList<>()).add(batch));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
