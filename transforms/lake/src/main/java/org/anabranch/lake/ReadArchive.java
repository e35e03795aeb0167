package org.anabranch.lake;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.anabranch.model.Internal;
import org.anabranch.parquet.RecordFile;
import org.anabranch.transforms.archive.LogRecord;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.ChangeLines;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.parse.ParsedOutput;
import org.anabranch.transforms.parse.Parsing;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of an archive and parses their records, which mean what they meant when they came
 * from their topic: they have its coordinates. Gives what {@link ParsedChanges} says.
 */
@Internal
public final class ReadArchive extends PTransform<PBegin, PCollectionTuple> {

  private static final long serialVersionUID = 1;

  private static final LongAdder RECORDS = new LongAdder();

  private final transient List<String> files;
  private final ArchiveSelection selection;
  private final Parsing parsing;

  private ReadArchive(List<String> files, ArchiveSelection selection, Parsing parsing) {
    this.files = files;
    this.selection = selection;
    this.parsing = parsing;
  }

  /**
   * Reads the selected records.
   *
   * @param files that hold them, among others
   */
  public static ReadArchive of(List<String> files, ArchiveSelection selection, Parsing parsing) {
    return new ReadArchive(files, selection, parsing);
  }

  /** Records that this process has read so far, chosen or not; for progress on the screen. */
  public static long recordsRead() {
    return RECORDS.sum();
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    return ParsedChanges.spread(
        begin.apply("Files", Create.of(files).withCoder(StringUtf8Coder.of())),
        "Read and parse",
        new ReadFn(selection, parsing));
  }

  static final class ReadFn extends DoFn<String, KV<TableBucket, byte[]>> {

    private static final long serialVersionUID = 1;

    private final ArchiveSelection selection;
    private final Parsing parsing;
    private transient @Nullable ParsedOutput output;
    private transient @Nullable ChangeLines parser;

    ReadFn(ArchiveSelection selection, Parsing parsing) {
      this.selection = selection;
      this.parsing = parsing;
    }

    @Setup
    public void setup() {
      ParsedOutput target = new ParsedOutput();
      output = target;
      parser = new ChangeLines(parsing.config(), parsing.recordedAtMicros(), target);
    }

    @ProcessElement
    public void process(@Element String path, MultiOutputReceiver out) throws IOException {
      ParsedOutput target = Objects.requireNonNull(output);
      ChangeLines records = Objects.requireNonNull(parser);
      target.use(out);
      RecordFile.read(
          path,
          record -> {
            RECORDS.increment();
            if (selection.contains(record)) {
              parse(record, records);
            }
          });
      target.finish(out, records::finish);
    }

    private static void parse(LogRecord record, ChangeLines records) {
      records.record(
          record.topic(),
          record.partition(),
          record.offset(),
          record.timestampMillis(),
          record.key(),
          record.value(),
          record.recordHeaders());
    }
  }
}
