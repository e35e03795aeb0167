package org.anabranch.transforms.merge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.anabranch.model.ByteReader;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.jspecify.annotations.Nullable;

/**
 * Keeps files in the memory of this JVM, so that the tasks of an embedded runner share them. As in
 * a real store, only the files of a report are rows of a table.
 */
public final class MemoryStore implements TableStore {

  private static final long serialVersionUID = 1;
  private static final Map<String, List<Map<String, @Nullable Object>>> FILES =
      new ConcurrentHashMap<>();

  private final String id;

  /**
   * @param id sets the files of one test apart from those of the others
   */
  public MemoryStore(String id) {
    this.id = id;
  }

  @Override
  public RowFile create(String table, Schema schema, int bucket) {
    String path = "%s/%s/%d/%s".formatted(id, table, bucket, UUID.randomUUID());
    return new MemoryFile(table, schema, bucket, path);
  }

  /** Rows of the table, file by file: decoded values by the name of the column. */
  public static List<Map<String, @Nullable Object>> rows(RunReport report, String table) {
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    files(report, table).forEach(rows::addAll);
    return rows;
  }

  /** The same, with a list for each file. */
  public static List<List<Map<String, @Nullable Object>>> files(RunReport report, String table) {
    TableReport found = report.table(table);
    return found == null
        ? List.of()
        : found.files().stream()
            .map(file -> Objects.requireNonNull(FILES.get(file.path()), file.path()))
            .toList();
  }

  private static final class MemoryFile implements RowFile {

    private final String table;
    private final Schema schema;
    private final int bucket;
    private final String path;
    private final List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    private final ByteReader reader = new ByteReader(new byte[0]);

    MemoryFile(String table, Schema schema, int bucket, String path) {
      this.table = table;
      this.schema = schema;
      this.bucket = bucket;
      this.path = path;
    }

    @Override
    public void write(RowSlices slices) {
      List<Schema.Column> columns = schema.columns();
      if (slices.size() != columns.size()) {
        throw new IllegalArgumentException(
            "a row of %s has %d columns, but was given %d"
                .formatted(table, columns.size(), slices.size()));
      }

      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        row.put(columns.get(i).name(), value(slices, i));
      }

      rows.add(row);
    }

    private @Nullable Object value(RowSlices slices, int column) {
      byte[] buffer = slices.buffer(column);
      if (buffer == null) {
        return null;
      }

      int offset = slices.offset(column);
      return Values.read(reader.reset(buffer, offset, buffer.length - offset));
    }

    @Override
    public WrittenFile close() {
      FILES.put(path, List.copyOf(rows));
      return new WrittenFile(table, bucket, path, rows.size(), 100L * rows.size());
    }
  }
}
