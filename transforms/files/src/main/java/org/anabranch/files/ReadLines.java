package org.anabranch.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import org.anabranch.transforms.parse.RecordBlock;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Reads files of lines (plain, .gz, .zst, ...) as blocks of about 1 MiB of whole lines, so that
 * what is done per element is done a thousand times less often than per line. Plain files are read
 * in ranges by several workers: a line belongs to the range in which it begins.
 */
public final class ReadLines extends PTransform<PBegin, PCollection<RecordBlock>> {

  private static final long serialVersionUID = 1;

  private final transient InputFiles files;

  private ReadLines(InputFiles files) {
    this.files = files;
  }

  public static ReadLines of(InputFiles files) {
    return new ReadLines(files);
  }

  @Override
  public PCollection<RecordBlock> expand(PBegin begin) {
    return begin
        .apply("Files", Create.of(files.ranges()).withCoder(FileRange.RangeCoder.of()))
        .apply("Spread", Reshuffle.viaRandomKey())
        .apply("Read", ParDo.of(new ReadFn()))
        .setCoder(RecordBlock.BlockCoder.of());
  }

  static final class ReadFn extends DoFn<FileRange, RecordBlock> {

    private static final long serialVersionUID = 1;
    private static final int BLOCK_BYTES = 1 << 20;

    @ProcessElement
    public void process(@Element FileRange range, OutputReceiver<RecordBlock> out)
        throws IOException {
      try (ReadableByteChannel channel =
          FileSystems.open(FileSystems.matchNewResource(range.path(), false))) {
        Compression compression = Compression.detect(range.path());
        ReadableByteChannel counted = new CountedChannel(channel);
        if (compression != Compression.UNCOMPRESSED) {
          read(range, 0, Channels.newInputStream(compression.readDecompressed(counted)), out);
          return;
        }

        long start = Math.max(0, range.start() - 1);
        if (start > 0) {
          ((SeekableByteChannel) channel).position(start);
        }

        read(range, start, Channels.newInputStream(counted), out);
      } catch (IOException e) {
        throw new IOException("cannot read '" + range.path() + "': " + e.getMessage(), e);
      }
    }

    /**
     * Reads lines that begin in the range. Reading starts one byte early: when that byte ends a
     * line, the next one begins in the range, otherwise the rest of the line is another's.
     */
    private static void read(
        FileRange range, long start, InputStream in, OutputReceiver<RecordBlock> out)
        throws IOException {
      byte[] buffer = new byte[BLOCK_BYTES];
      int filled = 0;
      long offset = start;
      boolean skips = range.start() > 0;
      while (offset < range.end()) {
        int read = in.readNBytes(buffer, filled, buffer.length - filled);
        filled += read;
        boolean isEnd = filled < buffer.length;
        int from = 0;
        if (skips) {
          from = indexAfterLine(buffer, 0, filled);
          if (from < 0) {
            if (isEnd) {
              return;
            }

            offset += filled;
            filled = 0;
            continue;
          }

          skips = false;
        }

        int to = isEnd ? filled : lastLineEnd(buffer, from, filled);
        long last = range.end() - offset;
        if (to > last) {
          to = from >= last ? from : lineEndFrom(buffer, (int) last - 1, to);
        }

        if (to < 0) {
          to = from;
          buffer = from > 0 ? buffer : Arrays.copyOf(buffer, buffer.length * 2);
        }

        if (to > from) {
          byte[] lines = Arrays.copyOfRange(buffer, from, to);
          out.output(new RecordBlock(range.path(), offset + from, lines));
        }

        if (isEnd || offset + to >= range.end()) {
          return;
        }

        System.arraycopy(buffer, to, buffer, 0, filled - to);
        filled -= to;
        offset += to;
      }
    }

    private static int indexAfterLine(byte[] buffer, int from, int to) {
      for (int i = from; i < to; i++) {
        if (buffer[i] == '\n') {
          return i + 1;
        }
      }

      return -1;
    }

    /** Index behind the last line feed, or -1. */
    private static int lastLineEnd(byte[] buffer, int from, int to) {
      for (int i = to - 1; i >= from; i--) {
        if (buffer[i] == '\n') {
          return i + 1;
        }
      }

      return -1;
    }

    /** Index behind the first line feed at or after {@code at}; {@code end} without one. */
    private static int lineEndFrom(byte[] buffer, int at, int end) {
      int next = indexAfterLine(buffer, at, end);
      return next < 0 ? end : next;
    }
  }

  /** Counts what is read as progress: bytes as they lie in the file, compressed or not. */
  private record CountedChannel(ReadableByteChannel channel) implements ReadableByteChannel {

    @Override
    public int read(ByteBuffer buffer) throws IOException {
      int read = channel.read(buffer);
      ReadProgress.add(Math.max(0, read));
      return read;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
