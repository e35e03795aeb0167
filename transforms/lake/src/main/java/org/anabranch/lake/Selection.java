package org.anabranch.lake;

import java.util.ArrayList;
import java.util.List;
import org.anabranch.parquet.ParquetRows;
import org.apache.iceberg.Schema;

/** What is read of the rows of a table: columns asked for, then those that only the key needs. */
final class Selection {

  private final Schema schema;
  private final int columns;
  private final List<String> names;
  private final int[] keyPlaces;

  Selection(Schema schema, List<String> key, List<String> columns) {
    this.schema = schema;
    this.columns = columns.size();
    names = new ArrayList<>(columns);
    keyPlaces = new int[key.size()];
    for (int i = 0; i < keyPlaces.length; i++) {
      int place = names.indexOf(key.get(i));
      if (place < 0) {
        place = names.size();
        names.add(key.get(i));
      }

      keyPlaces[i] = place;
    }
  }

  /** Number of columns asked for. */
  int columns() {
    return columns;
  }

  /** Places of the key's columns among all that are read. */
  int[] keyPlaces() {
    return keyPlaces;
  }

  ParquetRows.Columns in(String path) {
    return new FieldIds(path, schema, names);
  }

  @Override
  public String toString() {
    return names.toString();
  }
}
