package org.anabranch.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.anabranch.model.Internal;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;

/**
 * Part of an input file.
 *
 * @param path as Beam's file systems name it
 * @param start first byte
 * @param end byte behind the last one; a file that cannot be split is one range
 */
@Internal
public record FileRange(String path, long start, long end) {

  /** Coder: path, start, end. */
  static final class RangeCoder extends AtomicCoder<FileRange> {

    private static final long serialVersionUID = 1;
    private static final RangeCoder INSTANCE = new RangeCoder();

    private RangeCoder() {}

    static RangeCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(FileRange value, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(value.path(), out);
      VarLongCoder.of().encode(value.start(), out);
      VarLongCoder.of().encode(value.end(), out);
    }

    @Override
    public FileRange decode(InputStream in) throws IOException {
      String path = StringUtf8Coder.of().decode(in);
      long start = VarLongCoder.of().decode(in);
      return new FileRange(path, start, VarLongCoder.of().decode(in));
    }
  }
}
