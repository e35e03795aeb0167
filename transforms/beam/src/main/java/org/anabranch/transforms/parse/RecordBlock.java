package org.anabranch.transforms.parse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;

/**
 * Raw records that lie one behind the other in a log: whole lines, each ended by a line feed (the
 * last one perhaps not). Bytes, because most of a record is never looked at as text.
 *
 * @param log file the lines are from
 * @param offset byte offset of the first line in the uncompressed file
 * @param bytes the lines
 */
@SuppressWarnings("ArrayRecordComponent")
public record RecordBlock(String log, long offset, byte[] bytes) {

  /** Coder: log, offset, length and bytes of the lines. */
  public static final class BlockCoder extends AtomicCoder<RecordBlock> {

    private static final long serialVersionUID = 1;
    private static final BlockCoder INSTANCE = new BlockCoder();

    private BlockCoder() {}

    public static BlockCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(RecordBlock value, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(value.log(), out);
      VarLongCoder.of().encode(value.offset(), out);
      ByteArrayCoder.of().encode(value.bytes(), out);
    }

    @Override
    public RecordBlock decode(InputStream in) throws IOException {
      String log = StringUtf8Coder.of().decode(in);
      long offset = VarLongCoder.of().decode(in);
      return new RecordBlock(log, offset, ByteArrayCoder.of().decode(in));
    }
  }
}
