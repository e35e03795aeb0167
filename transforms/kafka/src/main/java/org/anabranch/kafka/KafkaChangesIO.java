package org.anabranch.kafka;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anabranch.model.Stable;
import org.anabranch.transforms.archive.LogRecord;
import org.anabranch.transforms.archive.LogRecord.Header;
import org.anabranch.transforms.archive.LogRecordCoder;
import org.anabranch.transforms.source.Job;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Topics of changes, without end:
 *
 * <pre>{@code
 * pipeline
 *     .apply(
 *         KafkaChangesIO.read().withBootstrapServers("localhost:9092").withTopics("/shop\\..+/"))
 *     .apply(ParseChanges.debeziumJson())
 *     .apply(
 *         LakeIO.upsert()
 *             .into(LakeConfig.at("/lake/shop"))
 *             .withTriggeringFrequency(Duration.ofMinutes(1)));
 * }</pre>
 *
 * <p>This is Beam's {@link KafkaIO}: the place in the topics is the engine's, in its checkpoints
 * and savepoints; a pipeline that starts without them reads from the beginning again, which changes
 * nothing that the tables have. Use {@link Read#slices} for input that ends: its offsets are fixed
 * before, which {@code KafkaIO}'s own stop times do not give, for they fail on empty partitions.
 * Use {@link Read#forJob} where each pipeline is to go on where the one before has ended, on
 * whatever engine: how far it has read is committed with the tables.
 */
@Stable
public final class KafkaChangesIO {

  private static final int MIN_PATTERN = 3;

  private KafkaChangesIO() {}

  /** Reads topics; say which with {@link Read#withTopics}. */
  public static Read read() {
    return new Read("", Map.of(), List.of(), null, EndAt.now(), null);
  }

  /**
   * Reads committed records of topics from the first one there is. Fails where records that a
   * checkpoint stands before are gone, rather than passing over them. Partitions that are added
   * later are not seen by a pipeline that runs: start it again.
   */
  public static final class Read extends PTransform<PBegin, PCollection<LogRecord>> {

    private static final long serialVersionUID = 1;

    private final transient String servers;
    private final transient Map<String, String> properties;
    private final transient List<String> topics;
    private final transient @Nullable StartAt start;
    private final transient EndAt end;
    private final transient @Nullable Job job;

    private Read(
        String servers,
        Map<String, String> properties,
        List<String> topics,
        @Nullable StartAt start,
        EndAt end,
        @Nullable Job job) {
      this.servers = servers;
      this.properties = new TreeMap<>(properties);
      this.topics = List.copyOf(topics);
      this.start = start;
      this.end = end;
      this.job = job;
    }

    /** {@code HOST:PORT} of the brokers, separated by commas. Required. */
    public Read withBootstrapServers(String addresses) {
      return new Read(addresses, properties, topics, start, end, job);
    }

    /**
     * Names of topics, or a pattern between slashes ({@code /shop\..+/}) that whole names match;
     * which these are is found out when the pipeline starts. Required.
     */
    public Read withTopics(String... names) {
      return new Read(servers, properties, Arrays.asList(names), start, end, job);
    }

    /**
     * A setting of Kafka's clients, such as those of TLS and SASL. Default: none. Those that exact
     * reading depends on cannot be set.
     */
    public Read withClientProperty(String name, String value) {
      Map<String, String> more = new TreeMap<>(properties);
      more.put(name, value);
      return new Read(servers, more, topics, start, end, job);
    }

    /**
     * Reads the records between two places of each partition and ends: a bounded input, on any
     * runner. The offsets are fixed when the pipeline is built, and exactly these records are read,
     * or the pipeline fails. Default: all records, without end.
     *
     * @param from where each partition starts; {@link StartAt.Progress} has no meaning here
     * @param to where each partition ends, at most what is committed when the pipeline is built
     */
    public Read slices(StartAt from, EndAt to) {
      if (from instanceof StartAt.Progress) {
        throw new IllegalArgumentException(
            "slices must start at the earliest or the latest record, a time or offsets, but were to"
                + " start at the progress of a job");
      }

      return new Read(servers, properties, topics, from, to, null);
    }

    /**
     * Reads what a job has not read yet, up to what is committed when the pipeline is built, and
     * ends: a bounded input, on any runner. Partitions that it has not read before start with their
     * first record. The pipeline must end in {@code LakeIO.upsert().into(job)}, which commits how
     * far that is. Fails where records that the job has not read are gone, or a topic was made
     * anew.
     *
     * @param reading made by {@code LakeIO.job}
     */
    public Read forJob(Job reading) {
      return new Read(servers, properties, topics, StartAt.progress(), EndAt.now(), reading);
    }

    @Override
    public void populateDisplayData(DisplayData.Builder builder) {
      super.populateDisplayData(builder);
      builder.add(DisplayData.item("bootstrap servers", servers));
      builder.add(DisplayData.item("topics", String.join(",", topics)));
      builder.addIfNotDefault(
          DisplayData.item("client properties", String.join(",", properties.keySet())), "");
    }

    @Override
    public PCollection<LogRecord> expand(PBegin begin) {
      if (servers.isEmpty() || topics.isEmpty()) {
        throw new IllegalArgumentException(
            "reading topics needs brokers and topics:"
                + " withBootstrapServers(\"HOST:PORT\").withTopics(NAME, ...)");
      }

      KafkaConfig kafka = new KafkaConfig(servers, properties);
      if (start != null) {
        return begin
            .apply("Slices", ReadTopics.parts(found(kafka, start)))
            .apply("Spread", Reshuffle.viaRandomKey())
            .apply("Read", ParDo.of(new ReadSliceFn(kafka)))
            .setCoder(LogRecordCoder.of());
      }

      KafkaIO.Read<byte[], byte[]> read =
          KafkaIO.<byte[], byte[]>read()
              .withBootstrapServers(servers)
              .withKeyDeserializerAndCoder(
                  ByteArrayDeserializer.class, NullableCoder.of(ByteArrayCoder.of()))
              .withValueDeserializerAndCoder(
                  ByteArrayDeserializer.class, NullableCoder.of(ByteArrayCoder.of()))
              .withConsumerFactoryFn(new Consumers(kafka));
      return begin
          .apply("Read", selecting(read))
          .apply("Log records", ParDo.of(new LogRecordFn()))
          .setCoder(LogRecordCoder.of());
    }

    private TopicSlices found(KafkaConfig kafka, StartAt from) {
      try (Topics found = Topics.connect(kafka)) {
        List<String> names = found.matching(String.join(",", topics));
        return job == null
            ? found.slices(names, from, Map.of(), end)
            : next(job, found, names, from);
      }
    }

    /** What a job reads next, of which it is told. */
    private TopicSlices next(Job reading, Topics found, List<String> names, StartAt from) {
      Map<String, Long> places = reading.places();
      Map<String, String> ids = found.ids(names);
      TopicIds.requireSame(reading.name(), places, ids);
      JobProgress progress = JobProgress.of(reading.name(), places);
      TopicSlices slices = found.slices(names, from, progress.offsets(), end);
      Map<String, Long> after = new TreeMap<>(progress.after(slices, from));
      if (!after.isEmpty()) {
        after.putAll(TopicIds.toRemember(reading.name(), places, ids));
      }

      reading.reads(after, "batch of " + slices.records() + " records");
      return slices;
    }

    private KafkaIO.Read<byte[], byte[]> selecting(KafkaIO.Read<byte[], byte[]> read) {
      String first = topics.get(0);
      boolean isPattern =
          topics.size() == 1
              && first.length() >= MIN_PATTERN
              && first.startsWith("/")
              && first.endsWith("/");
      return isPattern
          ? read.withTopicPattern(first.substring(1, first.length() - 1))
          : read.withTopics(topics);
    }
  }

  /** Makes consumers; properties, which may be secrets, are no part of what a step shows. */
  private static final class Consumers
      implements SerializableFunction<Map<String, Object>, Consumer<byte[], byte[]>> {

    private static final long serialVersionUID = 1;

    private final KafkaConfig kafka;

    Consumers(KafkaConfig kafka) {
      this.kafka = kafka;
    }

    @Override
    public Consumer<byte[], byte[]> apply(Map<String, Object> given) {
      Map<String, Object> all = new LinkedHashMap<>(given);
      all.putAll(kafka.consumerProperties());
      return new FromTheBeginning(all);
    }
  }

  /** Begins each partition with its first record; whoever knows better seeks afterwards. */
  private static final class FromTheBeginning extends KafkaConsumer<byte[], byte[]> {

    FromTheBeginning(Map<String, Object> properties) {
      super(properties);
    }

    @Override
    public void assign(Collection<TopicPartition> partitions) {
      super.assign(partitions);
      seekToBeginning(partitions);
    }
  }

  static final class ReadSliceFn extends DoFn<TopicSlice, LogRecord> {

    private static final long serialVersionUID = 1;
    private static final Duration PATIENCE = Duration.ofMillis(KafkaConfig.RESTART_MILLIS);

    private final KafkaConfig kafka;
    private transient @Nullable SliceReader reader;

    ReadSliceFn(KafkaConfig kafka) {
      this.kafka = kafka;
    }

    @ProcessElement
    public void process(@Element TopicSlice slice, OutputReceiver<LogRecord> out)
        throws IOException {
      SliceReader open = reader;
      if (open == null) {
        open = new SliceReader(kafka, PATIENCE);
        reader = open;
      }

      open.read(slice, record -> out.output(Records.of(record)));
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

  static final class LogRecordFn extends DoFn<KafkaRecord<byte[], byte[]>, LogRecord> {

    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(
        @Element KafkaRecord<byte[], byte[]> record, OutputReceiver<LogRecord> out) {
      out.output(
          new LogRecord(
              record.getTopic(),
              record.getPartition(),
              record.getOffset(),
              record.getTimestamp() < 0 ? null : record.getTimestamp(),
              record.getKV().getKey(),
              record.getKV().getValue(),
              headers(record.getHeaders())));
    }

    private static List<Header> headers(@Nullable Headers headers) {
      return headers == null
          ? List.of()
          : Arrays.stream(headers.toArray())
              .map(header -> new Header(header.key(), header.value()))
              .toList();
    }
  }
}
