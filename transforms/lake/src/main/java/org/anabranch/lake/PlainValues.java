package org.anabranch.lake;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter;
import org.apache.parquet.column.values.factory.DefaultV1ValuesWriterFactory;
import org.apache.parquet.column.values.factory.ValuesWriterFactory;
import org.apache.parquet.column.values.fallback.FallbackValuesWriter;
import org.apache.parquet.io.api.Binary;

/**
 * Values in the encoding PLAIN [1], in one array: Parquet's own writer goes through two streams,
 * byte by byte for some of them.
 *
 * <p>[1] Parquet encoding definitions,
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
final class PlainValues extends ValuesWriter {

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final OutputStream end = new End();
  private byte[] bytes = new byte[1024];
  private int size;

  private void ensure(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
  }

  @Override
  public void writeInteger(int value) {
    ensure(4);
    INTS.set(bytes, size, value);
    size += 4;
  }

  @Override
  public void writeLong(long value) {
    ensure(8);
    LONGS.set(bytes, size, value);
    size += 8;
  }

  @Override
  public void writeDouble(double value) {
    writeLong(Double.doubleToRawLongBits(value));
  }

  @Override
  public void writeBytes(Binary value) {
    writeInteger(value.length());
    try {
      value.writeTo(end);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long getBufferedSize() {
    return size;
  }

  @Override
  public BytesInput getBytes() {
    return BytesInput.from(bytes, 0, size);
  }

  @Override
  public Encoding getEncoding() {
    return Encoding.PLAIN;
  }

  @Override
  public void reset() {
    size = 0;
  }

  @Override
  public long getAllocatedSize() {
    return bytes.length;
  }

  @Override
  public String memUsageString(String prefix) {
    return prefix + " PLAIN " + size + " of " + bytes.length + " bytes";
  }

  private final class End extends OutputStream {

    @Override
    public void write(int value) {
      ensure(1);
      bytes[size++] = (byte) value;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
      ensure(length);
      System.arraycopy(source, offset, bytes, size, length);
      size += length;
    }
  }

  /** Dictionaries as Parquet makes them, and these values where a dictionary grows too large. */
  static final class Factory implements ValuesWriterFactory {

    private final ValuesWriterFactory others = new DefaultV1ValuesWriterFactory();
    private int dictionaryBytes;
    private ByteBufferAllocator allocator = HeapByteBufferAllocator.getInstance();

    @Override
    public void initialize(ParquetProperties properties) {
      others.initialize(properties);
      dictionaryBytes = properties.getDictionaryPageSizeThreshold();
      allocator = properties.getAllocator();
    }

    @Override
    @SuppressWarnings("deprecation") // Pages of version 1 have no newer name for it.
    public ValuesWriter newValuesWriter(ColumnDescriptor column) {
      Encoding page = Encoding.PLAIN_DICTIONARY;
      return switch (column.getPrimitiveType().getPrimitiveTypeName()) {
        case BINARY ->
            orPlain(
                new DictionaryValuesWriter.PlainBinaryDictionaryValuesWriter(
                    dictionaryBytes, page, page, allocator));
        case INT32 ->
            orPlain(
                new DictionaryValuesWriter.PlainIntegerDictionaryValuesWriter(
                    dictionaryBytes, page, page, allocator));
        case INT64 ->
            orPlain(
                new DictionaryValuesWriter.PlainLongDictionaryValuesWriter(
                    dictionaryBytes, page, page, allocator));
        case DOUBLE ->
            orPlain(
                new DictionaryValuesWriter.PlainDoubleDictionaryValuesWriter(
                    dictionaryBytes, page, page, allocator));
        default -> others.newValuesWriter(column);
      };
    }

    private static ValuesWriter orPlain(DictionaryValuesWriter dictionary) {
      return FallbackValuesWriter.of(dictionary, new PlainValues());
    }
  }
}
