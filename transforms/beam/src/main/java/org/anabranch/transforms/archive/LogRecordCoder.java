package org.anabranch.transforms.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.anabranch.transforms.archive.LogRecord.Header;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.jspecify.annotations.Nullable;

/**
 * Coder of {@link LogRecord}. Format: version (1 byte, 1), topic, partition, offset, timestamp,
 * key, value, headers (their number, then name and value of each); numbers are variable-length,
 * what may be null has a byte before it.
 */
public final class LogRecordCoder extends AtomicCoder<LogRecord> {

  private static final long serialVersionUID = 1;
  private static final int VERSION = 1;
  private static final LogRecordCoder INSTANCE = new LogRecordCoder();
  private static final Coder<byte @Nullable []> BYTES = NullableCoder.of(ByteArrayCoder.of());
  private static final Coder<@Nullable Long> TIME = NullableCoder.of(VarLongCoder.of());
  private static final Coder<List<Header>> HEADERS = ListCoder.of(new HeaderCoder());

  private LogRecordCoder() {}

  public static LogRecordCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(LogRecord record, OutputStream out) throws IOException {
    out.write(VERSION);
    StringUtf8Coder.of().encode(record.topic(), out);
    VarIntCoder.of().encode(record.partition(), out);
    VarLongCoder.of().encode(record.offset(), out);
    TIME.encode(record.timestampMillis(), out);
    BYTES.encode(record.key(), out);
    BYTES.encode(record.value(), out);
    HEADERS.encode(record.headers(), out);
  }

  @Override
  public LogRecord decode(InputStream in) throws IOException {
    int version = in.read();
    if (version != VERSION) {
      throw new IOException(
          "the version of a log record must be " + VERSION + ", but was: " + version);
    }

    return new LogRecord(
        StringUtf8Coder.of().decode(in),
        VarIntCoder.of().decode(in),
        VarLongCoder.of().decode(in),
        TIME.decode(in),
        BYTES.decode(in),
        BYTES.decode(in),
        HEADERS.decode(in));
  }

  private static final class HeaderCoder extends AtomicCoder<Header> {

    private static final long serialVersionUID = 1;

    @Override
    public void encode(Header header, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(header.name(), out);
      BYTES.encode(header.value(), out);
    }

    @Override
    public Header decode(InputStream in) throws IOException {
      return new Header(StringUtf8Coder.of().decode(in), BYTES.decode(in));
    }
  }
}
