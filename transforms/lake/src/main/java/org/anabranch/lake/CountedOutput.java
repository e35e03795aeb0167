package org.anabranch.lake;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A new file at a location as Parquet sees it; knows its size. */
final class CountedOutput implements OutputFile {

  private static final int BUFFER_BYTES = 128 << 10;

  private final String location;
  private final Durability durability;
  private long size;

  CountedOutput(String location, Durability durability) {
    this.location = location;
    this.durability = durability;
  }

  /** Bytes written so far. */
  long size() {
    return size;
  }

  @Override
  public String getPath() {
    return location;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) throws IOException {
    return new Counted(
        new BufferedOutputStream(LakeFiles.create(location, durability), BUFFER_BYTES));
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
    return create(blockSizeHint);
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  private final class Counted extends PositionOutputStream {

    private final OutputStream target;

    Counted(OutputStream target) {
      this.target = target;
    }

    @Override
    public long getPos() {
      return size;
    }

    @Override
    public void write(int value) throws IOException {
      target.write(value);
      size++;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      target.write(source, offset, length);
      size += length;
    }

    @Override
    public void flush() throws IOException {
      target.flush();
    }

    @Override
    public void close() throws IOException {
      target.close();
    }
  }
}
