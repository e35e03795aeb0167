package org.anabranch.lake;

import java.io.IOException;
import java.util.Iterator;
import java.util.Objects;
import org.anabranch.transforms.merge.TableStore.RowCursor;
import org.jspecify.annotations.Nullable;

/** The rows of files one file after the other; one of them is open at a time. */
final class ScanCursor implements RowCursor {

  /** Opens a file when its turn has come. */
  interface Source {
    RowCursor open() throws IOException;
  }

  private final Iterator<Source> files;
  private @Nullable RowCursor current;

  ScanCursor(Iterable<Source> files) {
    this.files = files.iterator();
  }

  @Override
  public boolean next() throws IOException {
    while (current == null || !current.next()) {
      close();
      if (!files.hasNext()) {
        return false;
      }

      current = files.next().open();
    }

    return true;
  }

  private RowCursor current() {
    return Objects.requireNonNull(current, "there is no row");
  }

  @Override
  public byte[] key() {
    return current().key();
  }

  @Override
  public int keyLength() {
    return current().keyLength();
  }

  @Override
  public long address() {
    return current().address();
  }

  @Override
  public byte[] values() {
    return current().values();
  }

  @Override
  public int offset() {
    return current().offset();
  }

  @Override
  public int length() {
    return current().length();
  }

  @Override
  public int start(int column) {
    return current().start(column);
  }

  @Override
  public void close() throws IOException {
    RowCursor open = current;
    current = null;
    if (open != null) {
      open.close();
    }
  }
}
