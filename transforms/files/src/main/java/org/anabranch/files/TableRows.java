package org.anabranch.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;
import org.anabranch.files.Warehouse.TableVersion;
import org.anabranch.model.ByteReader;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Schema;
import org.anabranch.model.Values;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one version of a table, ordered by key. Each data file is sorted by key, so the files
 * are merged as they are read, with one row group of each in memory; a table without a key is read
 * file after file. Not thread-safe.
 */
public final class TableRows implements Closeable {

  private final List<String> columns;
  private final List<String> key;
  private final List<Path> files;
  private final PriorityQueue<FileRows> heads = new PriorityQueue<>(TableRows::byKey);
  private @Nullable FileRows current;
  private int nextFile;

  private TableRows(List<String> columns, List<String> key, List<Path> files) {
    this.columns = columns;
    this.key = key;
    this.files = files;
  }

  static TableRows open(TableVersion table) throws IOException {
    List<String> columns = table.schema().columns().stream().map(Schema.Column::name).toList();
    TableRows rows = new TableRows(columns, table.key(), table.files());
    try {
      if (!rows.key.isEmpty()) {
        rows.openAll();
      }

      return rows;
    } catch (IOException | RuntimeException e) {
      rows.close();
      throw e;
    }
  }

  private void openAll() throws IOException {
    for (FileRows file = openNext(); file != null; file = openNext()) {
      heads.add(file);
    }
  }

  /** The next file that has rows, at its first one; null behind the last file. */
  private @Nullable FileRows openNext() throws IOException {
    while (nextFile < files.size()) {
      FileRows file = new FileRows(files.get(nextFile), nextFile, columns, key);
      nextFile++;
      if (file.nextOrClose()) {
        return file;
      }
    }

    return null;
  }

  private static int byKey(FileRows left, FileRows right) {
    int order =
        Arrays.compareUnsigned(
            left.key.buffer(), 0, left.key.size(), right.key.buffer(), 0, right.key.size());
    return order == 0 ? Integer.compare(left.number, right.number) : order;
  }

  /** Names of the columns in the order in which a row holds their values. */
  public List<String> columns() {
    return columns;
  }

  /** Moves to the next row, if there is one. */
  public boolean next() throws IOException {
    FileRows last = current;
    current = null;
    boolean more = last != null && last.nextOrClose();
    if (key.isEmpty()) {
      current = more ? last : openNext();
      return current != null;
    }

    if (last != null && more) {
      heads.add(last);
    }

    current = heads.poll();
    return current != null;
  }

  /** The row moved to last: a value per column, as {@link Values#read} gives it. */
  public List<@Nullable Object> row() {
    FileRows file = current;
    if (file == null) {
      throw new IllegalStateException("there is no row before next() or behind the last one");
    }

    return file.row();
  }

  @Override
  public void close() throws IOException {
    FileRows last = current;
    current = null;
    if (last != null) {
      heads.add(last);
    }

    IOException failure = null;
    for (FileRows file : heads) {
      try {
        file.close();
      } catch (IOException e) {
        failure = e;
      }
    }

    heads.clear();
    if (failure != null) {
      throw failure;
    }
  }

  /** One data file and its next row. */
  private static final class FileRows implements Closeable {

    private final ParquetRows rows;
    private final int number;
    private final int[] columnOf;
    private final int[] keyOf;
    private final int[] offsets;
    private final int width;
    private final KeyWriter key = new KeyWriter();
    private final ByteReader reader = new ByteReader(new byte[0]);

    FileRows(Path file, int number, List<String> columns, List<String> key) throws IOException {
      this.number = number;
      rows = ParquetRows.open(FileChannel.open(file));
      List<String> stored = rows.columns();
      columnOf = stored.stream().mapToInt(columns::indexOf).toArray();
      keyOf = key.stream().mapToInt(column -> keyPlace(stored, column, file)).toArray();
      offsets = new int[stored.size()];
      width = columns.size();
    }

    private static int keyPlace(List<String> stored, String column, Path file) {
      int place = stored.indexOf(column);
      if (place < 0) {
        throw new IllegalStateException("key column '" + column + "' is missing in " + file);
      }

      return place;
    }

    /** Moves to the next row; closes the file where there is none. */
    boolean nextOrClose() throws IOException {
      boolean more = false;
      try {
        more = rows.next();
        if (more) {
          readKey();
        }

        return more;
      } finally {
        if (!more) {
          rows.close();
        }
      }
    }

    private void readKey() {
      key.reset();
      if (keyOf.length == 0) {
        return;
      }

      reader.reset(rows.buffer(), 0, rows.length());
      for (int i = 0; i < offsets.length; i++) {
        offsets[i] = reader.position();
        Values.skip(reader);
      }

      for (int place : keyOf) {
        key.add(reader.reset(rows.buffer(), offsets[place], rows.length() - offsets[place]));
      }
    }

    List<@Nullable Object> row() {
      List<@Nullable Object> values = new ArrayList<>(Collections.nCopies(width, null));
      reader.reset(rows.buffer(), 0, rows.length());
      for (int column : columnOf) {
        Object value = Values.read(reader);
        if (column >= 0) {
          values.set(column, value);
        }
      }

      return Collections.unmodifiableList(values);
    }

    @Override
    public void close() throws IOException {
      rows.close();
    }
  }
}
