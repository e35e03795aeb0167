package org.anabranch.transforms.customer;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.anabranch.model.ByteReader;
import org.anabranch.model.RowBatch;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.ParsedChanges;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.jspecify.annotations.Nullable;

/** Walks over the decoded rows of a projection's batch. Fields hold for the current row. */
final class ProjectedRows {

  private final RowBatch.Reader batch;
  private final ByteReader values = new ByteReader(new byte[0]);

  ProjectedRows(byte[] batch) {
    this.batch = new RowBatch.Reader(batch);
  }

  /** Those batches that are meant for the step of this name. */
  static Filter<KV<TableBucket, byte[]>> meantFor(String target) {
    return Filter.by((KV<TableBucket, byte[]> batch) -> batch.getKey().table().equals(target));
  }

  /**
   * Batches for a step, and one without rows for each of its buckets in a run: each is written,
   * also where no row is left in it.
   */
  static PCollection<KV<TableBucket, byte[]>> withAllBuckets(
      PCollection<KV<TableBucket, byte[]>> batches,
      PCollection<String> runs,
      String target,
      int buckets) {
    PCollection<KV<TableBucket, byte[]>> all =
        runs.apply("All buckets", noneOf(target, buckets)).setCoder(ParsedChanges.batchCoder());
    return PCollectionList.of(batches)
        .and(all)
        .apply("Rows of all buckets", Flatten.pCollections());
  }

  /** For a run, a batch without rows for each bucket of a step. */
  private static FlatMapElements<String, KV<TableBucket, byte[]>> noneOf(
      String target, int buckets) {
    return FlatMapElements.via(
        new SimpleFunction<String, Iterable<KV<TableBucket, byte[]>>>() {
          @Override
          public Iterable<KV<TableBucket, byte[]>> apply(String run) {
            return none(target, buckets);
          }
        });
  }

  private static List<KV<TableBucket, byte[]>> none(String target, int buckets) {
    byte[] empty = new RowBatch.Writer(16).toByteArray();
    return IntStream.range(0, buckets)
        .mapToObj(bucket -> KV.of(new TableBucket(target, bucket), empty))
        .toList();
  }

  /** The rows of a batch that are wanted, as a batch; empty where none is. */
  static byte[] filter(byte[] batch, Predicate<ProjectedRows> isWanted) {
    RowBatch.Writer wanted = new RowBatch.Writer(256);
    ProjectedRows rows = new ProjectedRows(batch);
    while (rows.next()) {
      if (isWanted.test(rows)) {
        wanted.add(rows.batch.change());
      }
    }

    return wanted.isEmpty() ? new byte[0] : wanted.toByteArray();
  }

  boolean next() {
    if (!batch.next()) {
      return false;
    }

    values.reset(batch.buffer(), batch.payloadOffset(), batch.payloadLength());
    return true;
  }

  /** Table the row is from. */
  String table() {
    return batch.log();
  }

  byte[] key() {
    return batch.key();
  }

  List<String> columns() {
    return batch.columns();
  }

  /** Next value of the row, in the order of its columns. */
  @Nullable Object value() {
    return Values.read(values);
  }
}
