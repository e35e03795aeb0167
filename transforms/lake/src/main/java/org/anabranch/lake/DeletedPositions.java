package org.anabranch.lake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anabranch.model.ByteReader;
import org.anabranch.parquet.ParquetRows;
import org.apache.iceberg.MetadataColumns;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** Which rows of the data files of a bucket are deleted. Holds one bit for each of their rows. */
final class DeletedPositions {

  private static final List<Integer> COLUMNS =
      List.of(
          MetadataColumns.DELETE_FILE_PATH.fieldId(), MetadataColumns.DELETE_FILE_POS.fieldId());

  private final Map<String, BitSet> byFile = new HashMap<>();

  private DeletedPositions() {}

  static DeletedPositions of(TableFiles.Bucket bucket) throws IOException {
    DeletedPositions positions = new DeletedPositions();
    if (bucket.deletes().isEmpty()) {
      return positions;
    }

    bucket.data().forEach(file -> positions.byFile.put(file.path(), new BitSet()));
    for (String file : bucket.deletes()) {
      positions.read(file);
    }

    return positions;
  }

  private void read(String file) throws IOException {
    ByteReader reader = new ByteReader(new byte[0]);
    byte[] path = {};
    @Nullable BitSet positions = null;
    try (ParquetRows rows = LakeFiles.rows(file, DeletedPositions::columns)) {
      while (rows.next()) {
        reader.reset(rows.buffer(), 1, rows.length() - 1);
        int length = reader.readSize();
        int start = reader.position();
        // Rows come sorted by path: a path is made into text once for many rows.
        if (!Arrays.equals(rows.buffer(), start, start + length, path, 0, path.length)) {
          path = Arrays.copyOfRange(rows.buffer(), start, start + length);
          positions = byFile.get(new String(path, StandardCharsets.UTF_8));
        }

        if (positions != null) {
          reader.skip(length + 1);
          positions.set(Math.toIntExact(reader.readSigned()));
        }
      }
    }
  }

  private static List<@Nullable Type> columns(MessageType file) {
    List<@Nullable Type> fields = new ArrayList<>();
    for (int id : COLUMNS) {
      fields.add(FieldIds.find(file, id));
    }

    if (fields.contains(null)) {
      throw new IllegalStateException("a position delete file has no path or position: " + file);
    }

    return fields;
  }

  /** Deleted rows of a data file; null where there are none. */
  @Nullable BitSet of(String path) {
    return byFile.get(path);
  }

  long count() {
    return byFile.values().stream().mapToLong(BitSet::cardinality).sum();
  }
}
