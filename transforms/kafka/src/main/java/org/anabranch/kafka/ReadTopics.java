package org.anabranch.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.ChangeLines;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.parse.ParsedOutput;
import org.anabranch.transforms.parse.RecordHeaders;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Reads slices of topics and parses their records; gives what {@link ParsedChanges} says. Every
 * committed record of the slices is read, in slices of at most 100,000 offsets by several workers,
 * or the pipeline fails: none is passed over. Reading and parsing are one step, so that no runner
 * has to hold raw records between the two.
 */
public final class ReadTopics extends PTransform<PBegin, PCollectionTuple> {

  private static final long serialVersionUID = 1;

  /**
   * Offsets that one worker reads at a time: a second's work, and enough parts for many workers.
   */
  private static final long PART_OFFSETS = 100_000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final transient KafkaConfig kafka;
  private final transient TopicSlices slices;
  private final transient ParseConfig config;
  private final transient long recordedAtMicros;

  private ReadTopics(
      KafkaConfig kafka, TopicSlices slices, ParseConfig config, long recordedAtMicros) {
    this.kafka = kafka;
    this.slices = slices;
    this.config = config;
    this.recordedAtMicros = recordedAtMicros;
  }

  /**
   * Reads all records of the slices.
   *
   * @param kafka where the brokers are
   * @param slices what to read
   * @param config how records become changes
   * @param recordedAtMicros when the run was launched
   */
  public static ReadTopics of(
      KafkaConfig kafka, TopicSlices slices, ParseConfig config, long recordedAtMicros) {
    return new ReadTopics(kafka, slices, config, recordedAtMicros);
  }

  @Override
  public PCollectionTuple expand(PBegin begin) {
    return ParsedChanges.spread(
        begin.apply(
            "Slices", Create.of(slices.parts(PART_OFFSETS)).withCoder(TopicSlice.SliceCoder.of())),
        "Read and parse",
        new ReadFn(kafka, config, recordedAtMicros, PATIENCE));
  }

  static final class ReadFn extends DoFn<TopicSlice, KV<TableBucket, byte[]>> {

    private static final long serialVersionUID = 1;

    private final KafkaConfig kafka;
    private final ParseConfig config;
    private final long recordedAtMicros;
    private final Duration patience;
    private transient @Nullable ChangeLines records;
    private transient @Nullable ParsedOutput output;
    private transient @Nullable SliceReader reader;

    ReadFn(KafkaConfig kafka, ParseConfig config, long recordedAtMicros, Duration patience) {
      this.kafka = kafka;
      this.config = config;
      this.recordedAtMicros = recordedAtMicros;
      this.patience = patience;
    }

    @Setup
    public void setup() {
      ParsedOutput target = new ParsedOutput();
      output = target;
      records = new ChangeLines(config, recordedAtMicros, target);
    }

    @ProcessElement
    public void process(@Element TopicSlice slice, MultiOutputReceiver out) throws IOException {
      Objects.requireNonNull(output).use(out);
      ChangeLines parser = Objects.requireNonNull(records);
      reader().read(slice, record -> parse(record, parser));
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
          record.key(),
          record.value(),
          headers(record.headers()));
    }

    private static RecordHeaders headers(Headers headers) {
      return headers.iterator().hasNext() ? new SentHeaders(headers) : RecordHeaders.NONE;
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      Objects.requireNonNull(output).finish(context, Objects.requireNonNull(records)::finish);
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
