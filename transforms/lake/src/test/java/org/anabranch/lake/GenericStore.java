package org.anabranch.lake;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.anabranch.model.ByteReader;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.hadoop.HadoopFileIO;
import org.apache.iceberg.io.CloseableIterable;

/** Reads tables by Iceberg's generic reader; writes nothing. */
record GenericStore(List<TableHandle> tables) implements TableStore {

  private static final long serialVersionUID = 1;

  static TableStore open(LakeConfig config, String run, List<TableHandle> tables) {
    return new GenericStore(List.copyOf(tables));
  }

  @Override
  public Schema schema(String table) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> key(String table) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isMoved(String table, byte[] key) {
    return false;
  }

  @Override
  public int buckets(String table) {
    return tables.stream()
        .filter(handle -> handle.table().equals(table))
        .mapToInt(TableHandle::buckets)
        .findFirst()
        .orElse(0);
  }

  @Override
  public boolean hasMoved(String table) {
    return false;
  }

  @Override
  public BucketWriter write(String table, Schema schema, int bucket) {
    throw new UnsupportedOperationException();
  }

  @Override
  public StoredBucket open(String table, Schema schema, int bucket) {
    TableHandle handle =
        tables.stream().filter(one -> one.table().equals(table)).findFirst().orElseThrow();
    return new Bucket(handle, bucket);
  }

  private record Bucket(TableHandle handle, int bucket) implements StoredBucket {

    @Override
    public long rows() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int files() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean mustBeRewritten() {
      return false;
    }

    @Override
    public void kept(Consumer<byte[]> batches) {
      throw new UnsupportedOperationException();
    }

    @Override
    public RowCursor scan(List<String> key, List<String> columns) throws IOException {
      return sorted(key, columns);
    }

    @Override
    public RowCursor sorted(List<String> key, List<String> columns) throws IOException {
      HadoopFileIO io = new HadoopFileIO(LakeConfig.hadoop());
      BaseTable table =
          new BaseTable(new StaticTableOperations(handle.metadataLocation(), io), handle.table());
      List<byte[][]> rows = new ArrayList<>();
      try (CloseableIterable<Record> records =
          IcebergGenerics.read(table)
              .useSnapshot(handle.snapshotId())
              .where(Expressions.equal(BucketFiles.COLUMN, bucket))
              .build()) {
        records.forEach(
            record -> rows.add(new byte[][] {key(record, key), values(record, columns)}));
      }

      rows.sort(Comparator.comparing(row -> row[0], Arrays::compareUnsigned));
      return new Cursor(rows);
    }

    private static byte[] key(Record record, List<String> key) {
      KeyWriter writer = new KeyWriter();
      key.forEach(column -> writer.add(new ByteReader(Values.encode(record.getField(column)))));
      return writer.toByteArray();
    }

    private static byte[] values(Record record, List<String> columns) {
      ByteWriter writer = new ByteWriter(64);
      columns.forEach(column -> Values.write(writer, record.getField(column)));
      return writer.toByteArray();
    }
  }

  private static final class Cursor implements RowCursor {

    private final List<byte[][]> rows;
    private int at = -1;

    Cursor(List<byte[][]> rows) {
      this.rows = rows;
    }

    @Override
    public boolean next() {
      return ++at < rows.size();
    }

    @Override
    public byte[] key() {
      return rows.get(at)[0];
    }

    @Override
    public int keyLength() {
      return key().length;
    }

    @Override
    public long address() {
      return at;
    }

    @Override
    public byte[] values() {
      return rows.get(at)[1];
    }

    @Override
    public int offset() {
      return 0;
    }

    @Override
    public int length() {
      return values().length;
    }

    @Override
    public void close() {}
  }
}
