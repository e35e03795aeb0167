package org.anabranch.lake;

import java.io.IOException;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;

/** An input file of Iceberg as Parquet sees it. */
final class RemoteInput implements InputFile {

  private final org.apache.iceberg.io.InputFile file;

  RemoteInput(org.apache.iceberg.io.InputFile file) {
    this.file = file;
  }

  @Override
  public long getLength() {
    return file.getLength();
  }

  @Override
  public org.apache.parquet.io.SeekableInputStream newStream() {
    SeekableInputStream stream = file.newStream();
    return new DelegatingSeekableInputStream(stream) {
      @Override
      public long getPos() throws IOException {
        return stream.getPos();
      }

      @Override
      public void seek(long position) throws IOException {
        stream.seek(position);
      }
    };
  }
}
