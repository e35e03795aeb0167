package org.anabranch.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.List;
import org.anabranch.model.Stable;
import org.anabranch.transforms.archive.LogRecord;
import org.anabranch.transforms.archive.LogRecordCoder;
import org.anabranch.transforms.parse.CutRecord;
import org.anabranch.transforms.parse.Limits;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Files of changes, a line each:
 *
 * <pre>{@code
 * pipeline
 *     .apply(FileChangesIO.read().from("/data/changes/*.jsonl.gz"))
 *     .apply(ParseChanges.debeziumJson().withKey("orders", "id"));
 * }</pre>
 *
 * <p>A line is a change event, or {@code
 * {"topic":..,"partition":..,"offset":..,"key":..,"value":..}} as tools print the records of a
 * topic.
 */
@Stable
public final class FileChangesIO {

  private FileChangesIO() {}

  /** Reads files; say which with {@link Read#from}. */
  public static Read read() {
    return new Read(List.of());
  }

  /**
   * Reads the lines of files, plain, gzip or zstd, UTF-8 or UTF-16, in blocks of about a mebibyte.
   * Which files there are is found out when the pipeline is built. Plain files are read in ranges
   * of 32 MiB by several workers, others by one each. A line of more than 64 MiB fails the
   * pipeline.
   */
  public static final class Read extends PTransform<PBegin, PCollection<LogRecord>> {

    private static final long serialVersionUID = 1;

    private final transient List<String> globs;

    private Read(List<String> globs) {
      this.globs = List.copyOf(globs);
    }

    /** Files that match any of these, of any file system Beam knows. Required. */
    public Read from(String... patterns) {
      return new Read(Arrays.asList(patterns));
    }

    @Override
    public void populateDisplayData(DisplayData.Builder builder) {
      super.populateDisplayData(builder);
      builder.add(DisplayData.item("files", String.join(",", globs)));
    }

    @Override
    public PCollection<LogRecord> expand(PBegin begin) {
      if (globs.isEmpty()) {
        throw new IllegalArgumentException("reading files needs a glob: from(GLOB, ...)");
      }

      return begin
          .apply(
              "Files",
              Create.of(ranges(InputFiles.match(globs))).withCoder(FileRange.RangeCoder.of()))
          .apply("Spread", Reshuffle.viaRandomKey())
          .apply("Read", ParDo.of(new ReadLinesFn()))
          .setCoder(LogRecordCoder.of());
    }

    private static List<FileRange> ranges(InputFiles files) {
      try {
        return files.ranges();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static final class ReadLinesFn extends DoFn<FileRange, LogRecord> {

    private static final long serialVersionUID = 1;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int MAX_LINE_BYTES = Limits.DEFAULT.maxLineBytes();

    @ProcessElement
    public void process(@Element FileRange range, OutputReceiver<LogRecord> out)
        throws IOException {
      try (ReadableByteChannel channel =
          FileSystems.open(FileSystems.matchNewResource(range.path(), false))) {
        if (range.start() == 0) {
          TextInput text = TextInput.of(range.path(), channel);
          read(range, 0, text.isPlain() ? range.end() : Long.MAX_VALUE, text.in(), out);
          return;
        }

        long start = range.start() - 1;
        ((SeekableByteChannel) channel).position(start);
        read(range, start, range.end(), Channels.newInputStream(channel), out);
      } catch (IOException e) {
        throw Unreadable.file(range.path(), e);
      }
    }

    private static void read(
        FileRange range, long start, long end, InputStream in, OutputReceiver<LogRecord> out)
        throws IOException {
      new LineRange(range.start(), end, BLOCK_BYTES, MAX_LINE_BYTES)
          .read(
              start,
              in,
              new LineRange.BlockReceiver() {
                @Override
                public void accept(long offset, byte[] bytes, int from, int to) {
                  out.output(
                      LogRecord.lines(range.path(), offset, Arrays.copyOfRange(bytes, from, to)));
                }

                @Override
                public void tooLong(long offset, CutRecord line) {
                  throw new IllegalStateException(
                      "the line at byte %d of %s has %d bytes, more than %d"
                          .formatted(offset, range.path(), line.length(), MAX_LINE_BYTES));
                }
              });
    }
  }
}
