package org.anabranch.lake;

import java.io.IOException;
import java.util.BitSet;
import org.anabranch.model.ByteReader;
import org.anabranch.model.KeyWriter;
import org.anabranch.parquet.ParquetRows;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.jspecify.annotations.Nullable;

/** The live rows of one data file, in its order. */
final class FileCursor implements RowCursor {

  private final String path;
  private final ParquetRows rows;
  private final Selection selection;
  private final @Nullable BitSet deleted;
  private final long addresses;
  private final KeyWriter key = new KeyWriter();
  private final ByteReader reader = new ByteReader(new byte[0]);

  private FileCursor(
      String path,
      ParquetRows rows,
      Selection selection,
      @Nullable BitSet deleted,
      long addresses) {
    this.path = path;
    this.rows = rows;
    this.selection = selection;
    this.deleted = deleted;
    this.addresses = addresses;
  }

  static FileCursor open(String path, int fileNumber, Selection selection, @Nullable BitSet deleted)
      throws IOException {
    return new FileCursor(
        path,
        LakeFiles.rows(path, selection.in(path)),
        selection,
        deleted,
        Address.of(fileNumber, 0));
  }

  String path() {
    return path;
  }

  @Override
  public boolean next() throws IOException {
    do {
      if (!rows.next()) {
        return false;
      }
    } while (deleted != null && deleted.get((int) rows.position()));

    key.reset();
    byte[] buffer = rows.buffer();
    for (int place : selection.keyPlaces()) {
      int start = rows.start(place);
      reader.reset(buffer, start, rows.length() - start);
      if (!key.add(reader)) {
        throw new IllegalStateException(
            "row " + rows.position() + " has no key in the columns " + selection + " of " + path);
      }
    }

    return true;
  }

  @Override
  public byte[] key() {
    return key.buffer();
  }

  @Override
  public int keyLength() {
    return key.size();
  }

  @Override
  public long address() {
    return addresses + rows.position();
  }

  @Override
  public byte[] values() {
    return rows.buffer();
  }

  @Override
  public int offset() {
    return 0;
  }

  @Override
  public int length() {
    return rows.start(selection.columns());
  }

  @Override
  public int start(int column) {
    return rows.start(column);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
