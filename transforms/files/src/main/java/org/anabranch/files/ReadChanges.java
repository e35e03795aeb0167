package org.anabranch.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.Objects;
import org.anabranch.model.Internal;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.ChangeLines;
import org.anabranch.transforms.parse.CutRecord;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.parse.ParsedOutput;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of change events (plain, gzip, zstd, ...; UTF-8 or UTF-16), a line each, and parses
 * them; gives what {@link ParsedChanges} says. Offsets are those in the decoded text. Plain files
 * are read in ranges by several workers: a line belongs to the range in which it begins. Reading
 * and parsing are one step, so that no runner has to hold raw lines between the two.
 */
@Internal
public final class ReadChanges extends PTransform<PBegin, PCollectionTuple> {

  private static final long serialVersionUID = 1;

  private final transient InputFiles files;
  private final ParseConfig config;
  private final long recordedAtMicros;

  private ReadChanges(InputFiles files, ParseConfig config, long recordedAtMicros) {
    this.files = files;
    this.config = config;
    this.recordedAtMicros = recordedAtMicros;
  }

  /**
   * Reads all changes in the files.
   *
   * @param files to read
   * @param config how lines become changes
   * @param recordedAtMicros when the run was launched
   */
  public static ReadChanges of(InputFiles files, ParseConfig config, long recordedAtMicros) {
    return new ReadChanges(files, config, recordedAtMicros);
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    return ReadRanges.apply(begin, files, "Read and parse", new ReadFn(config, recordedAtMicros));
  }

  static final class ReadFn extends DoFn<FileRange, KV<TableBucket, byte[]>> {

    private static final long serialVersionUID = 1;
    private static final int BLOCK_BYTES = 1 << 20;

    private final ParseConfig config;
    private final long recordedAtMicros;
    private transient @Nullable ChangeLines lines;
    private transient @Nullable ParsedOutput output;

    ReadFn(ParseConfig config, long recordedAtMicros) {
      this.config = config;
      this.recordedAtMicros = recordedAtMicros;
    }

    @Setup
    public void setup() {
      ParsedOutput target = new ParsedOutput();
      output = target;
      lines = new ChangeLines(config, recordedAtMicros, target);
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      Objects.requireNonNull(output).finish(context, Objects.requireNonNull(lines)::finish);
    }

    @ProcessElement
    public void process(@Element FileRange range, MultiOutputReceiver out) throws IOException {
      Objects.requireNonNull(output).use(out);
      try (ReadableByteChannel channel =
          FileSystems.open(FileSystems.matchNewResource(range.path(), false))) {
        ReadableByteChannel counted = new CountedChannel(channel);
        if (range.start() == 0) {
          TextInput text = TextInput.of(range.path(), counted);
          read(range, 0, text.isPlain() ? range.end() : Long.MAX_VALUE, text.in());
          return;
        }

        long start = range.start() - 1;
        ((SeekableByteChannel) channel).position(start);
        read(range, start, range.end(), Channels.newInputStream(counted));
      } catch (IOException e) {
        throw Unreadable.file(range.path(), e);
      }
    }

    private void read(FileRange range, long start, long end, InputStream in) throws IOException {
      ChangeLines parser = Objects.requireNonNull(lines);
      new LineRange(range.start(), end, BLOCK_BYTES, config.limits().maxLineBytes())
          .read(
              start,
              in,
              new LineRange.BlockReceiver() {
                @Override
                public void accept(long offset, byte[] bytes, int from, int to) {
                  parser.parse(range.path(), offset, bytes, from, to);
                }

                @Override
                public void tooLong(long offset, CutRecord line) {
                  parser.tooLong(range.path(), offset, line);
                }
              });
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
