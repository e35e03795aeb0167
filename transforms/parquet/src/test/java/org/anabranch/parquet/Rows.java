package org.anabranch.parquet;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.model.Values;
import org.anabranch.parquet.ParquetExport.ExportedFile;
import org.anabranch.transforms.merge.RowSlices;
import org.jspecify.annotations.Nullable;

/** Decoded rows of tests, to and from Parquet files. */
final class Rows {

  private Rows() {}

  static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  /** Schema of {@code name, type text} pairs. */
  static Schema schema(String... namesAndTypes) {
    List<Schema.Column> columns = new ArrayList<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      columns.add(new Schema.Column(namesAndTypes[i], Type.parse(namesAndTypes[i + 1]), i / 2));
    }

    return Schema.of(columns);
  }

  static ExportedFile write(
      ParquetExport export,
      String table,
      int part,
      Schema schema,
      List<List<@Nullable Object>> rows)
      throws IOException {
    ParquetExport.RowFile file = export.create(table, schema, part);
    RowSlices slices = new RowSlices(schema.columns().size());
    for (List<@Nullable Object> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        // Not at the start of its buffer, as in a merge.
        byte[] value = Values.encode(row.get(i));
        byte[] buffer = new byte[value.length + i];
        System.arraycopy(value, 0, buffer, i, value.length);
        slices.set(i, row.get(i) == null && i % 2 == 0 ? null : buffer, i);
      }

      file.write(slices);
    }

    return file.close();
  }

  static List<List<@Nullable Object>> read(Path file) throws IOException {
    try (ParquetRows rows = ParquetRows.open(FileChannel.open(file))) {
      return read(rows);
    }
  }

  static List<List<@Nullable Object>> read(ParquetRows rows) throws IOException {
    List<List<@Nullable Object>> all = new ArrayList<>();
    int columns = rows.columns().size();
    while (rows.next()) {
      ByteReader reader = new ByteReader(rows.buffer()).reset(rows.buffer(), 0, rows.length());
      List<@Nullable Object> row = new ArrayList<>();
      while (reader.hasMore()) {
        row.add(Values.read(reader));
      }

      if (row.size() != columns) {
        throw new AssertionError("a row of " + columns + " columns has " + row.size() + " values");
      }

      all.add(row);
    }

    return all;
  }

  static Schema schemaOf(Path file) throws IOException {
    try (ParquetRows rows = ParquetRows.open(FileChannel.open(file))) {
      return rows.schema();
    }
  }
}
