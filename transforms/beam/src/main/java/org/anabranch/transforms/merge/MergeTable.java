package org.anabranch.transforms.merge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.RowBatch;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.source.Generations;
import org.anabranch.transforms.source.TableVerdict;

/**
 * Merges changes into one table bucket by bucket in this process, as {@link MergeBuckets} does in
 * steps of a pipeline. Holds all changes in memory, encoded.
 */
public final class MergeTable {

  private final MergeConfig config;
  private final String table;
  private final RunReport seen;
  private final Generations generations;

  private MergeTable(MergeConfig config, String table, RunReport seen, Generations generations) {
    this.config = config;
    this.table = table;
    this.seen = seen;
    this.generations = generations;
  }

  /**
   * Merges changes.
   *
   * @param config of the merge; what it projects is not handed on
   * @param seen while the changes were read
   * @param batches of changes of any bucket
   * @return what was written; refusals where the table is refused
   */
  public static RunReport merge(
      MergeConfig config, String table, RunReport seen, Iterable<byte[]> batches)
      throws IOException {
    TableVerdict verdict = MergeBuckets.verdict(config, table, seen);
    RunReport report = MergeBuckets.verdict(table, verdict);
    if (verdict.isRefused()) {
      return report;
    }

    Generations generations = new Generations(config.sources(), verdict.boundaries());
    return report.join(new MergeTable(config, table, seen, generations).run(batches));
  }

  private RunReport run(Iterable<byte[]> batches) throws IOException {
    Map<Integer, List<byte[]>> buckets = new TreeMap<>();
    int stored = config.store().buckets().getOrDefault(table, 0);
    for (int bucket = 0; bucket < stored; bucket++) {
      // Each is looked at, also where nothing changed in it: a type may have widened.
      add(buckets, new TableBucket(table, bucket), new RowBatch.Writer(16).toByteArray());
    }

    SplitByBucket split = new SplitByBucket((bucket, batch) -> add(buckets, bucket, batch));
    for (byte[] batch : batches) {
      split.add(table, config.buckets(table), batch);
    }

    split.finish();
    List<String> newKey = config.rekeyed().get(table);
    if (newKey != null) {
      Rekeying.of(config.store(), table, newKey, (bucket, batch) -> add(buckets, bucket, batch));
    }

    RunReport report = RunReport.EMPTY;
    List<byte[]> moved = new ArrayList<>();
    for (Map.Entry<Integer, List<byte[]>> bucket : buckets.entrySet()) {
      report = report.join(update(bucket.getKey(), moved).run(bucket.getValue()));
      bucket.getValue().clear();
    }

    return moved.isEmpty()
        ? report
        : report.join(update(TableStore.MOVED, new ArrayList<>()).run(moved));
  }

  private static void add(Map<Integer, List<byte[]>> buckets, TableBucket bucket, byte[] batch) {
    buckets.computeIfAbsent(bucket.bucket(), added -> new ArrayList<>()).add(batch);
  }

  private BucketUpdate update(int bucket, List<byte[]> moved) {
    return new BucketUpdate(
        config,
        new TableBucket(table, bucket),
        seen.key(table),
        seen.schema(table),
        generations,
        (target, batch) -> {},
        moved::add);
  }
}
