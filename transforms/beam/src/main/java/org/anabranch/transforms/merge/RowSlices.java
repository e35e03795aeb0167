package org.anabranch.transforms.merge;

import org.jspecify.annotations.Nullable;

/**
 * One row on its way to a file: for each column of the table's schema the buffer and the offset at
 * which its encoded value ({@link org.anabranch.model.Values}) begins. A null buffer is a null. The
 * same object is filled again for the next row.
 */
public final class RowSlices {

  private final byte[] @Nullable [] buffers;
  private final int[] offsets;

  public RowSlices(int columns) {
    buffers = new byte[columns] @Nullable [];
    offsets = new int[columns];
  }

  public int size() {
    return offsets.length;
  }

  public void set(int column, byte @Nullable [] buffer, int offset) {
    buffers[column] = buffer;
    offsets[column] = offset;
  }

  public byte @Nullable [] buffer(int column) {
    return buffers[column];
  }

  public int offset(int column) {
    return offsets[column];
  }
}
