package org.anabranch.transforms.merge;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.anabranch.model.ByteWriter;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore.BucketWriter;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

/**
 * Writes computed rows, given as decoded values in the order of the schema: they replace what is
 * stored of the bucket.
 */
public final class StoredRows {

  private final String table;
  private final List<String> key;
  private final Schema schema;
  private final BucketWriter writer;
  private final KeyCheck check;
  private final RowSlices row;
  private final StoredComparison comparison;
  private final boolean isKeySame;
  private final ByteWriter values = new ByteWriter(256);

  public StoredRows(TableStore store, String table, List<String> key, Schema schema, int bucket)
      throws IOException {
    this.table = table;
    this.key = key;
    this.schema = schema;
    writer = store.write(table, schema, bucket);
    List<String> names = schema.columns().stream().map(Schema.Column::name).toList();
    check = new KeyCheck(table, names, key, bucket, 0);
    row = new RowSlices(schema.columns().size());
    comparison = new StoredComparison(store.open(table, schema, bucket), key, names);
    isKeySame = store.key(table).equals(key) && !store.hasOldKeys(table);
  }

  /**
   * Writes one row, in ascending order of the keys; see {@link Values#write} for what the values
   * may be.
   */
  public void write(@Nullable Object... columns) throws IOException {
    values.clear();
    int[] offsets = new int[columns.length];
    for (int i = 0; i < columns.length; i++) {
      offsets[i] = values.size();
      Values.write(values, columns[i]);
    }

    for (int i = 0; i < columns.length; i++) {
      row.set(i, values.buffer(), offsets[i]);
    }

    check.check(row);
    comparison.add(row);
    writer.add(row);
  }

  /** Completes the file and tells what was written: nothing where the same rows are stored. */
  public RunReport finish() throws IOException {
    try (comparison) {
      if (isKeySame && comparison.isSame()) {
        writer.abandon();
        return RunReport.of(List.of(new TableReport(table, key, schema, List.of(), Map.of())));
      }
    }

    writer.replace();
    writer.replaceKept();
    writer.rekey(key);
    List<WrittenFile> written = writer.close();
    long rows = written.stream().mapToLong(WrittenFile::rows).sum();
    return RunReport.of(
        List.of(new TableReport(table, key, schema, written, Map.of(TableReport.WRITTEN, rows))));
  }
}
