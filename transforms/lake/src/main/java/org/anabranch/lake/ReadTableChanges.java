package org.anabranch.lake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.anabranch.model.Internal;
import org.anabranch.model.JsonText;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.MergeBuckets;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows that differ between two versions of a table, as records of an upsert topic: the
 * key is a JSON object of the key columns, the value one of all columns of the source, null where
 * the row is gone. Counts {@link #UPSERTS} and {@link #DELETES}.
 */
@Internal
public final class ReadTableChanges
    extends PTransform<PBegin, PCollection<KV<byte[], byte @Nullable []>>> {

  private static final long serialVersionUID = 1;

  /** Namespace of the counters. */
  public static final String NAMESPACE = "anabranch";

  public static final String UPSERTS = "published_upserts";
  public static final String DELETES = "published_deletes";

  private final TableChanges changes;

  private ReadTableChanges(TableChanges changes) {
    this.changes = changes;
  }

  public static ReadTableChanges of(TableChanges changes) {
    return new ReadTableChanges(changes);
  }

  @Override
  public PCollection<KV<byte[], byte @Nullable []>> expand(PBegin begin) {
    return begin
        .apply("Buckets", Create.of(changes.numbers()).withCoder(VarIntCoder.of()))
        .apply("Spread", Reshuffle.viaRandomKey())
        .apply("Compare", ParDo.of(new CompareFn(changes)))
        .setCoder(KvCoder.of(ByteArrayCoder.of(), NullableCoder.of(ByteArrayCoder.of())));
  }

  static final class CompareFn extends DoFn<Integer, KV<byte[], byte @Nullable []>> {

    private static final long serialVersionUID = 1;

    private final Counter upserts = Metrics.counter(NAMESPACE, UPSERTS);
    private final Counter deletes = Metrics.counter(NAMESPACE, DELETES);
    private final TableChanges changes;

    CompareFn(TableChanges changes) {
      this.changes = changes;
    }

    @ProcessElement
    public void process(@Element Integer bucket, OutputReceiver<KV<byte[], byte @Nullable []>> out)
        throws IOException {
      changes.read(
          bucket,
          new TableChanges.Receiver() {
            @Override
            public void upsert(LakeRows row) {
              upserts.inc();
              out.output(KV.of(key(row), json(row, columns(changes.after().schema(table())))));
            }

            @Override
            public void delete(LakeRows row) {
              deletes.inc();
              List<String> before = changes.before().key(table());
              List<String> columns = before.isEmpty() ? changes.after().key(table()) : before;
              out.output(KV.of(json(row, columns), null));
            }
          });
    }

    private String table() {
      return changes.table();
    }

    private byte[] key(LakeRows row) {
      return json(row, changes.after().key(table()));
    }

    private static List<String> columns(Schema schema) {
      return MergeBuckets.sourceColumns(schema).columns().stream()
          .map(Schema.Column::name)
          .toList();
    }

    private static byte[] json(LakeRows row, List<String> columns) {
      List<@Nullable Object> values = row.row();
      StringBuilder json = new StringBuilder();
      for (String column : columns) {
        JsonText.append(json.append(json.isEmpty() ? '{' : ','), column);
        JsonText.append(json.append(':'), values.get(row.columns().indexOf(column)));
      }

      return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    }
  }
}
