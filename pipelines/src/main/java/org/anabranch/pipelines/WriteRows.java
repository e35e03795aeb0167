package org.anabranch.pipelines;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.StoredRows;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.merge.TableStore;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.RunReportCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows as all there is of a computed table: rows that are stored and not among them go. The
 * rows of a bucket are held in memory while they are sorted by key. Gives reports.
 */
final class WriteRows extends PTransform<PCollection<Row>, PCollection<RunReport>> {

  private static final long serialVersionUID = 1;

  private static final int BUCKETS = 4;

  private final String table;
  private final List<String> key;
  private final transient PCollection<String> runs;
  private final PerRun<TableStore> stores;

  /**
   * @param key columns of the key, none of which may be null in a row
   * @param runs the run, as one element of any content
   */
  WriteRows(String table, List<String> key, PCollection<String> runs, PerRun<TableStore> stores) {
    this.table = table;
    this.key = List.copyOf(key);
    this.runs = runs;
    this.stores = stores;
  }

  @Override
  public PCollection<RunReport> expand(PCollection<Row> rows) {
    Schema schema = rows.getSchema();
    for (String column : key) {
      if (!schema.hasField(column)) {
        throw new IllegalArgumentException(
            "the key of computed table '%s' needs a field '%s', but its rows have: %s"
                .formatted(table, column, schema.getFieldNames()));
      }
    }

    PCollection<KV<TableBucket, byte[]>> keyed =
        rows.apply("Encode", ParDo.of(new EncodeFn(table, key)))
            .setCoder(ParsedChanges.batchCoder());
    PCollection<KV<TableBucket, byte[]>> none =
        runs.apply("All buckets", ParDo.of(new NoneFn(table))).setCoder(ParsedChanges.batchCoder());
    return PCollectionList.of(keyed)
        .and(none)
        .apply("Rows of all buckets", Flatten.pCollections())
        .apply("By bucket", GroupByKey.create())
        .apply("Store", ParDo.of(new StoreFn(table, key, RowTypes.columns(schema), stores)))
        .setCoder(RunReportCoder.of());
  }

  /** A row as its values one after the other. */
  static final class EncodeFn extends DoFn<Row, KV<TableBucket, byte[]>> {

    private static final long serialVersionUID = 1;

    private final String table;
    private final List<String> key;

    EncodeFn(String table, List<String> key) {
      this.table = table;
      this.key = key;
    }

    @ProcessElement
    public void process(@Element Row row, OutputReceiver<KV<TableBucket, byte[]>> out) {
      KeyWriter keys = new KeyWriter();
      for (String column : key) {
        Object value = RowTypes.toStored(row.getValue(column));
        if (!keys.add(new ByteReader(Values.encode(value)))) {
          throw new IllegalStateException(
              "computed table '%s' has a row whose key column '%s' is %s"
                  .formatted(table, column, value));
        }
      }

      ByteWriter values = new ByteWriter(128);
      for (int i = 0; i < row.getFieldCount(); i++) {
        Values.write(values, RowTypes.toStored(row.getValue(i)));
      }

      out.output(KV.of(new TableBucket(table, keys.bucket(BUCKETS)), values.toByteArray()));
    }
  }

  /** Each bucket is written, also where no row is left in it. */
  static final class NoneFn extends DoFn<String, KV<TableBucket, byte[]>> {

    private static final long serialVersionUID = 1;

    private final String table;

    NoneFn(String table) {
      this.table = table;
    }

    @ProcessElement
    public void process(OutputReceiver<KV<TableBucket, byte[]>> out) {
      IntStream.range(0, BUCKETS)
          .forEach(bucket -> out.output(KV.of(new TableBucket(table, bucket), new byte[0])));
    }
  }

  static final class StoreFn extends DoFn<KV<TableBucket, Iterable<byte[]>>, RunReport> {

    private static final long serialVersionUID = 1;

    private final String table;
    private final List<String> key;
    private final List<String> columns;
    private final List<String> types;
    private final PerRun<TableStore> stores;

    StoreFn(
        String table,
        List<String> key,
        org.anabranch.model.Schema schema,
        PerRun<TableStore> stores) {
      this.table = table;
      this.key = key;
      this.stores = stores;
      columns = new ArrayList<>();
      types = new ArrayList<>();
      schema
          .columns()
          .forEach(
              column -> {
                columns.add(column.name());
                types.add(column.type().toString());
              });
    }

    private org.anabranch.model.Schema schema() {
      List<org.anabranch.model.Schema.Column> all = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        all.add(
            new org.anabranch.model.Schema.Column(
                columns.get(i), org.anabranch.model.Type.parse(types.get(i)), i));
      }

      return org.anabranch.model.Schema.of(all);
    }

    @ProcessElement
    public void process(
        @Element KV<TableBucket, Iterable<byte[]>> bucket,
        BoundedWindow window,
        OutputReceiver<RunReport> out)
        throws IOException {
      TableStore store = stores.of(window);
      if (store == null) {
        return;
      }

      Map<byte[], @Nullable Object[]> sorted = new TreeMap<>(Arrays::compareUnsigned);
      KeyWriter keys = new KeyWriter();
      for (byte[] encoded : bucket.getValue()) {
        if (encoded.length > 0) {
          @Nullable Object[] row = row(encoded);
          keys.reset();
          key.forEach(
              column -> keys.add(new ByteReader(Values.encode(row[columns.indexOf(column)]))));
          if (sorted.put(keys.toByteArray(), row) != null) {
            throw new IllegalStateException(
                "computed table '%s' has two rows with the same key (%s)"
                    .formatted(table, String.join(", ", key)));
          }
        }
      }

      StoredRows stored = new StoredRows(store, table, key, schema(), bucket.getKey().bucket());
      for (@Nullable Object[] row : sorted.values()) {
        stored.write(row);
      }

      out.output(stored.finish());
    }

    private @Nullable Object[] row(byte[] encoded) {
      ByteReader reader = new ByteReader(encoded);
      @Nullable Object[] row = new @Nullable Object[columns.size()];
      for (int i = 0; i < row.length; i++) {
        row[i] = Values.read(reader);
      }

      return row;
    }
  }
}
