package org.anabranch.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.anabranch.model.Internal;
import org.anabranch.transforms.archive.RecordArchive;
import org.anabranch.transforms.archive.RecordArchive.SliceArchive;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.ChangeLines;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.parse.ParsedOutput;
import org.anabranch.transforms.parse.Parsing;
import org.anabranch.transforms.parse.RecordHeaders;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads slices of topics and parses their records; gives what {@link ParsedChanges} says. Every
 * committed record of the slices is read, in slices of at most 100,000 offsets by several workers,
 * or the pipeline fails: none is passed over. Reading and parsing are one step, so that no runner
 * has to hold raw records between the two. A run that archives keeps each record as it came, too.
 */
@Internal
public final class ReadTopics extends PTransform<PCollection<TopicSlice>, PCollectionTuple> {

  private static final long serialVersionUID = 1;

  /**
   * Offsets that one worker reads at a time: a second's work, and enough parts for many workers.
   */
  private static final long PART_OFFSETS = 100_000;

  private static final Duration PATIENCE = Duration.ofMillis(KafkaConfig.RESTART_MILLIS);

  private final KafkaConfig kafka;
  private final PerRun<Parsing> parsing;

  private ReadTopics(KafkaConfig kafka, PerRun<Parsing> parsing) {
    this.kafka = kafka;
    this.parsing = parsing;
  }

  /** Reads from the brokers of a configuration. */
  public static ReadTopics of(KafkaConfig kafka, PerRun<Parsing> parsing) {
    return new ReadTopics(kafka, parsing);
  }

  /** The slices in parts that are read at a time. */
  public static PTransform<PBegin, PCollection<TopicSlice>> parts(TopicSlices slices) {
    return Create.of(slices.parts(PART_OFFSETS)).withCoder(TopicSlice.SliceCoder.of());
  }

  /** The same of the slices of runs. */
  public static FlatMapElements<KV<String, TopicSlices>, TopicSlice> partsOfRuns() {
    return FlatMapElements.via(
        new SimpleFunction<KV<String, TopicSlices>, Iterable<TopicSlice>>() {
          @Override
          public Iterable<TopicSlice> apply(KV<String, TopicSlices> run) {
            return run.getValue().parts(PART_OFFSETS);
          }
        });
  }

  @Override
  public PCollectionTuple expand(PCollection<TopicSlice> slices) {
    return ParsedChanges.spread(slices, "Read and parse", new ReadFn(kafka, parsing, PATIENCE));
  }

  static final class ReadFn extends DoFn<TopicSlice, KV<TableBucket, byte[]>> {

    private static final long serialVersionUID = 1;

    private final KafkaConfig kafka;
    private final PerRun<Parsing> parsing;
    private final Duration patience;
    private transient @Nullable ParsedOutput output;
    private transient @Nullable Parsing current;
    private transient @Nullable ChangeLines records;
    private transient @Nullable SliceReader reader;

    ReadFn(KafkaConfig kafka, PerRun<Parsing> parsing, Duration patience) {
      this.kafka = kafka;
      this.parsing = parsing;
      this.patience = patience;
    }

    @Setup
    public void setup() {
      output = new ParsedOutput();
    }

    @ProcessElement
    public void process(@Element TopicSlice slice, BoundedWindow window, MultiOutputReceiver out)
        throws IOException {
      Parsing run = parsing.of(window);
      if (run == null) {
        return;
      }

      ParsedOutput target = Objects.requireNonNull(output);
      target.use(out);
      ChangeLines parser = parser(run, target);
      RecordArchive archive = run.archive();
      if (archive == null) {
        reader().read(slice, record -> parse(record, parser));
      } else {
        out.get(ParsedChanges.REPORTS).output(RunReport.of(List.of(keep(slice, archive, parser))));
      }

      target.finish(out, parser::finish);
    }

    private TableReport keep(TopicSlice slice, RecordArchive archive, ChangeLines parser)
        throws IOException {
      try (SliceArchive kept =
          archive.open(slice.topic(), slice.partition(), slice.start(), slice.end())) {
        reader()
            .read(
                slice,
                record -> {
                  parse(record, parser);
                  kept.add(Records.of(record));
                });
        return kept.finish();
      }
    }

    private ChangeLines parser(Parsing run, ParsedOutput target) {
      ChangeLines parser = records;
      if (parser == null || !run.equals(current)) {
        parser = new ChangeLines(run.config(), run.recordedAtMicros(), target);
        records = parser;
        current = run;
      }

      return parser;
    }

    private SliceReader reader() throws IOException {
      SliceReader open = reader;
      if (open == null) {
        open = new SliceReader(kafka, patience);
        reader = open;
      }

      return open;
    }

    private static void parse(ConsumerRecord<byte[], byte[]> record, ChangeLines parser) {
      parser.record(
          record.topic(),
          record.partition(),
          record.offset(),
          record.timestamp() < 0 ? null : record.timestamp(),
          record.key(),
          record.value(),
          headers(record.headers()));
    }

    private static RecordHeaders headers(Headers headers) {
      return headers.iterator().hasNext() ? new SentHeaders(headers) : RecordHeaders.NONE;
    }

    @Teardown
    public void close() {
      SliceReader open = reader;
      reader = null;
      if (open != null) {
        open.close();
      }
    }
  }

  private record SentHeaders(Headers headers) implements RecordHeaders {

    @Override
    public boolean has(String name) {
      return headers.lastHeader(name) != null;
    }

    @Override
    public byte @Nullable [] last(String name) {
      Header header = headers.lastHeader(name);
      return header == null ? null : header.value();
    }
  }
}
