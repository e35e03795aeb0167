package org.anabranch.lake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Schema;
import org.anabranch.model.Schema.Column;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.RowSlices;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.anabranch.transforms.merge.TableStore.StoredBucket;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.JsonUtil;
import org.jspecify.annotations.Nullable;

/** A lake in a directory with one table {@code t}, and a commit of its own for tests. */
final class LakeFixture {

  static final String TABLE = "t";

  private final String location;
  private final TableIdentifier name = TableIdentifier.of("lake", TABLE);
  private final HadoopCatalog catalog;
  private final List<Segment> segments = new ArrayList<>();
  private Schema stored = Schema.EMPTY;
  private int run;

  LakeFixture(Path directory) {
    location = directory + "/lake";
    catalog = new HadoopCatalog(new Configuration(false), directory.toString());
  }

  static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  static Schema schema(String... namesAndTypes) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      columns.add(new Column(namesAndTypes[i], Type.parse(namesAndTypes[i + 1]), i / 2));
    }

    return Schema.of(columns);
  }

  Table table() {
    return catalog.loadTable(name);
  }

  boolean isStored() {
    return catalog.tableExists(name);
  }

  /** The store of the next run, with the first column as the key. */
  LakeStore store() {
    String runId = "r" + run++;
    if (!isStored()) {
      return new LakeStore(Map.of(), location, Durability.PROCESS, runId, 1);
    }

    BaseTable table = (BaseTable) table();
    List<String> columns = new ArrayList<>();
    for (Column column : stored.columns()) {
      columns.add(column.name() + "\t" + column.type() + "\t" + column.ordinal());
    }

    TableHandle handle =
        new TableHandle(
            TABLE,
            location + "/" + TABLE,
            table.operations().current().metadataFileLocation(),
            table.currentSnapshot() == null ? -1 : table.currentSnapshot().snapshotId(),
            1,
            TableState.KEY_FORM,
            List.of(stored.columns().get(0).name()),
            columns,
            List.copyOf(segments),
            List.of());
    return new LakeStore(Map.of(TABLE, handle), location, Durability.PROCESS, runId, 1);
  }

  /** Adds rows, with values in the order of the schema, as a run of its own. */
  void add(Schema schema, int bucket, List<List<@Nullable Object>> rows) throws IOException {
    BucketWriter writer = store().write(TABLE, schema, bucket);
    for (List<@Nullable Object> row : rows) {
      writer.add(slices(row));
    }

    commit(schema, writer.close());
  }

  static RowSlices slices(List<@Nullable Object> row) {
    RowSlices slices = new RowSlices(row.size());
    for (int i = 0; i < row.size(); i++) {
      // Not at the start of its buffer, as in a merge.
      byte[] value = Values.encode(row.get(i));
      byte[] buffer = new byte[value.length + i];
      System.arraycopy(value, 0, buffer, i, value.length);
      slices.set(i, row.get(i) == null && i % 2 == 0 ? null : buffer, i);
    }

    return slices;
  }

  void commit(Schema schema, List<WrittenFile> written) throws IOException {
    SchemaPlan plan = SchemaPlan.of(isStored() ? table() : null, stored.columns(), schema);
    if (!isStored()) {
      catalog.createTable(
          name,
          plan.icebergSchema(),
          LakeLayout.spec(plan.icebergSchema()),
          Map.of("format-version", "2"));
    }

    Transaction transaction = table().newTransaction();
    if (!plan.isEmpty()) {
      var update = transaction.updateSchema();
      plan.applyTo(update);
      update.commit();
    }

    for (WrittenFile file : written) {
      commit(transaction, file.bucket(), FileContent.fromJson(file.content()));
    }

    transaction.commitTransaction();
    stored = schema;
  }

  private void commit(Transaction transaction, int bucket, FileContent content) throws IOException {
    PartitionSpec spec = table().spec();
    segments.addAll(content.kept());
    if (content.replaces()) {
      OverwriteFiles overwrite = transaction.newOverwrite();
      try (CloseableIterable<FileScanTask> tasks = table().newScan().planFiles()) {
        for (FileScanTask task : tasks) {
          if (task.partition().get(0, Integer.class) == bucket) {
            overwrite.deleteFile(task.file());
          }
        }
      }

      content.data().forEach(json -> overwrite.addFile((DataFile) parse(json, spec)));
      overwrite.commit();
      return;
    }

    RowDelta delta = transaction.newRowDelta();
    content.data().forEach(json -> delta.addRows((DataFile) parse(json, spec)));
    content.deletes().forEach(json -> delta.addDeletes((DeleteFile) parse(json, spec)));
    try (CloseableIterable<FileScanTask> tasks = table().newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        if (content.removes().contains(task.file().location())) {
          delta.removeRows(task.file());
        }

        task.deletes().stream()
            .filter(file -> content.removes().contains(file.location()))
            .forEach(delta::removeDeletes);
      }
    }

    delta.commit();
  }

  static Object parse(String json, PartitionSpec spec) {
    return JsonUtil.parse(json, node -> ContentFileParser.fromJson(node, spec));
  }

  StoredBucket open(int bucket) throws IOException {
    return store().open(TABLE, stored, bucket);
  }

  static List<List<@Nullable Object>> read(RowCursor cursor, int columns) throws IOException {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (cursor) {
      while (cursor.next()) {
        rows.add(values(cursor, columns));
      }
    }

    return rows;
  }

  static List<@Nullable Object> values(RowCursor cursor, int columns) {
    ByteReader reader =
        new ByteReader(new byte[0]).reset(cursor.values(), cursor.offset(), cursor.length());
    List<@Nullable Object> row = new ArrayList<>();
    while (reader.hasMore()) {
      row.add(Values.read(reader));
    }

    if (row.size() != columns) {
      throw new AssertionError("expected " + columns + " values, but were " + row);
    }

    return row;
  }

  /** All rows as Iceberg's own reader gives them, deletes applied. */
  List<Record> records() throws IOException {
    List<Record> records = new ArrayList<>();
    try (CloseableIterable<Record> all = IcebergGenerics.read(table()).build()) {
      all.forEach(records::add);
    }

    return records;
  }
}
