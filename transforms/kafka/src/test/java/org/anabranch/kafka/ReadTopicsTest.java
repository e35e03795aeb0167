package org.anabranch.kafka;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.anabranch.model.RowBatch;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.transforms.merge.PerRun;
import org.anabranch.transforms.merge.TableBucket;
import org.anabranch.transforms.parse.ChangeLines;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParsedChanges;
import org.anabranch.transforms.parse.Parsing;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Topics of a real broker, read and parsed on the Direct runner. */
class ReadTopicsTest {

  private static final ParseConfig OPEN = config(ParseConfig.Tombstones.IGNORE);

  /** What a pipeline gave; the Direct runner works in this process. */
  private static final Queue<String> CHANGES = new ConcurrentLinkedQueue<>();

  private static final Queue<RunReport> REPORTS = new ConcurrentLinkedQueue<>();

  private static TestTopics topics;
  private static Topics admin;

  @BeforeAll
  static void start() {
    topics = new TestTopics(TestBroker.servers());
    admin = Topics.connect(TestBroker.config());
  }

  @AfterAll
  static void stop() {
    admin.close();
    topics.close();
  }

  @BeforeEach
  void clear() {
    CHANGES.clear();
    REPORTS.clear();
  }

  private static ParseConfig config(ParseConfig.Tombstones tombstones, TableSpec... tables) {
    Map<String, TableSpec> byName = new LinkedHashMap<>();
    Arrays.stream(tables).forEach(table -> byName.put(table.name(), table));
    return new ParseConfig(byName, ParseConfig.Others.READ, tombstones, ParseConfig.UNAVAILABLE, 4);
  }

  @Test
  void theDemoSentThroughTopicsMeansWhatItsLinesMean() throws IOException {
    Map<String, Integer> partitions = new TreeMap<>();
    List<TopicLine> sent = new ArrayList<>();
    int broken = 0;
    for (String line : demoLines()) {
      Optional<TopicLine> read = TopicLine.read(TestTopics.bytes(line));
      broken += read.isEmpty() ? 1 : 0;
      read.ifPresent(sent::add);
    }

    assertThat(broken, is(267));
    // Five partitions of which one stays empty.
    sent.forEach(line -> partitions.put("demo." + line.topic(), 5));
    partitions.forEach(topics::create);
    for (TopicLine line : sent) {
      int key = Arrays.hashCode(line.key());
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              "demo." + line.topic(), Math.floorMod(key, 4), line.key(), line.value());
      line.headers().forEach((name, value) -> record.headers().add(name, value));
      topics.send(record);
    }

    List<RecordMetadata> places = topics.flush();
    ParseConfig config = demoConfig();
    run(partitions.keySet(), config);

    List<String> expected = new ArrayList<>();
    ChangeLines lines =
        new ChangeLines(config, 0, (bucket, batch) -> expected.addAll(texts(bucket, batch)));
    for (int i = 0; i < sent.size(); i++) {
      RecordMetadata place = places.get(i);
      byte[] line = TestTopics.bytes(wrapped(sent.get(i), place));
      lines.parse("file", 0, line, 0, line.length);
    }

    RunReport report = lines.finish();
    assertThat(counts(joined()), is(counts(report)));
    assertThat(withoutDead(CHANGES), is(withoutDead(expected)));
    assertThat(deadPlaces(CHANGES), is(deadPlaces(expected)));
    assertThat(withoutDead(CHANGES).size() > 45_000, is(true));
  }

  @Test
  void aHundredThousandRecordsAreCountedAgainstTheEndOffsets() {
    String name = "many.public.t";
    topics.create(name, 3);
    for (int i = 0; i < 130_000; i++) {
      // More than one part in the first partition, nothing in the last.
      topics.send(name, i % 10 == 0 ? 1 : 0, key(i), event(i, i));
    }

    topics.flush();
    long before = ReadProgress.recordsRead();
    TopicSlices slices = slices(name);
    assertThat(slices.toString(), containsString("many.public.t/2:0-0"));
    run(slices, OPEN);
    assertThat(joined().table("t").count(TableReport.READ), is(slices.records()));
    assertThat(slices.records(), is(130_000L));
    assertThat(CHANGES.stream().distinct().count(), is(130_000L));
    assertThat(ReadProgress.recordsRead() - before, is(130_000L));
  }

  @Test
  void slicesOneAfterTheOtherReadEveryRecordOnce() {
    String name = "sliced.public.t";
    topics.create(name, 3);
    Map<String, Long> progress = Map.of();
    long read = 0;
    for (int round = 0; round < 6; round++) {
      for (int i = 0; i < 500; i++) {
        topics.send(name, i % 2, key(i), event(i, 1000L * round + i));
      }

      topics.flush();
      TopicSlices slices =
          admin
              .slices(List.of(name), StartAt.progress(), progress, EndAt.now())
              .limitedTo(round == 5 ? Long.MAX_VALUE : 300);
      read += slices.records();
      run(slices, OPEN);
      progress = slices.progress();
    }

    assertThat(read, is(3000L));
    assertThat(CHANGES.size(), is(3000));
    assertThat(CHANGES.stream().distinct().count(), is(3000L));
  }

  @Test
  void aBrokenValueIsADeadLetterAndItsNeighboursAreRead() {
    String name = "broken.public.t";
    topics.create(name, 1);
    topics.send(name, 0, key(1), event(1, 1));
    topics.send(name, 0, key(2), event(2, 2).substring(0, 60));
    topics.send(name, 0, "no json", "{\"value\":1}}");
    topics.send(name, 0, key(3), event(3, 3));
    topics.flush();
    run(slices(name), OPEN);
    assertThat(joined().table("t").count(TableReport.MERGED), is(2L));
    assertThat(joined().table("").count(TableReport.DEAD), is(2L));
    String cut = hex(event(2, 2).substring(0, 60));
    assertThat(deadPlaces(CHANGES), is(List.of("broken.public.t 0 1", "broken.public.t 0 2")));
    assertThat(CHANGES.stream().filter(change -> change.contains(cut)).count(), is(1L));
  }

  @Test
  void tombstonesAndHeadersOfKeyChangesAreRead() {
    String name = "moved.public.t";
    topics.create(name, 1);
    topics.send(name, 0, key(1), event(1, 1));
    ProducerRecord<byte[], byte[]> moved =
        TestTopics.record(name, 0, key(1), event(1, 2).replace("\"op\":\"c\"", "\"op\":\"d\""));
    moved.headers().add("__debezium.newkey", TestTopics.bytes(key(2)));
    topics.send(moved);
    topics.send(name, 0, key(1), null);
    ProducerRecord<byte[], byte[]> added =
        TestTopics.record(
            name,
            0,
            key(2),
            event(2, 3).replace("\"v\":3", "\"v\":\"" + OPEN.unavailableValue() + "\""));
    added.headers().add("__debezium.oldkey", TestTopics.bytes(key(1)));
    topics.send(added);
    topics.flush();
    run(slices(name), OPEN);
    List<String> kinds = CHANGES.stream().map(change -> change.split(" ", 3)[1]).sorted().toList();
    assertThat(
        kinds,
        is(
            Stream.of(RowBatch.IMAGE, RowBatch.MOVE, RowBatch.IMAGE_WITH_HOLES, RowBatch.CARRY)
                .map(String::valueOf)
                .sorted()
                .toList()));
    assertThat(joined().table("t").count(TableReport.IGNORED), is(1L));
  }

  @Test
  void aTombstoneIsTheDeleteWhereTheRunSaysSo() {
    String name = "gone.public.t";
    topics.create(name, 1);
    topics.send(name, 0, key(1), null);
    topics.flush();
    run(slices(name), config(ParseConfig.Tombstones.DELETE));
    assertThat(joined().table("t").count(TableReport.DELETED), is(1L));
  }

  @Test
  void nothingToReadIsARunWithoutChanges() {
    topics.create("nothing.public.t", 2);
    run(slices("nothing.public.t"), OPEN);
    assertThat(CHANGES.size(), is(0));
  }

  @Test
  void removedRecordsFailThePipeline() {
    String name = "lost.public.t";
    topics.create(name, 1);
    topics.send(name, 0, key(1), event(1, 1));
    topics.send(name, 0, key(2), event(2, 2));
    topics.flush();
    TopicSlices slices = slices(name);
    topics.removeBefore(name, 0, 1);
    Exception failure = assertThrows(Exception.class, () -> run(slices, OPEN));
    assertThat(
        failure.getMessage(), containsString("records of lost.public.t/0:0-2 are no longer"));
  }

  @Test
  void anAddressThatIsWrongFailsThePipeline() throws IOException {
    KafkaConfig nobody = KafkaConfig.of("127.0.0.1:1");
    TopicSlice slice = new TopicSlice("any.public.t", 0, 0, 1);
    try (SliceReader reader = new SliceReader(nobody, Duration.ofSeconds(2))) {
      IOException failure = assertThrows(IOException.class, () -> reader.read(slice, record -> {}));
      assertThat(
          failure.getMessage(),
          is(
              "no record of any.public.t/0:0-1 from offset 0 on came from 127.0.0.1:1 within 2 s;"
                  + " are the brokers up?"));
    }
  }

  private static String wrapped(TopicLine line, RecordMetadata place) {
    List<String> headers = new ArrayList<>();
    line.headers().forEach((name, value) -> headers.add("\"" + name + "\":" + text(value)));
    return "{\"topic\":\"%s\",\"partition\":%d,\"offset\":%d,\"key\":%s,\"value\":%s,\"headers\":{%s}}"
        .formatted(
            place.topic(),
            place.partition(),
            place.offset(),
            text(line.key()),
            text(line.value()),
            String.join(",", headers));
  }

  private static String text(byte[] json) {
    return json == null ? "null" : new String(json, StandardCharsets.UTF_8);
  }

  private static String key(int id) {
    return "{\"id\":" + id + "}";
  }

  private static String event(int id, long value) {
    return ("{\"before\":null,\"after\":{\"id\":%d,\"v\":%d},\"source\":{\"connector\":\"postgresql\","
            + "\"name\":\"shop\",\"db\":\"d\",\"sequence\":\"[null,\\\"%d\\\"]\",\"schema\":\"public\","
            + "\"table\":\"t\",\"lsn\":%d},\"op\":\"c\",\"ts_ms\":1}")
        .formatted(id, value, value, value);
  }

  private static TopicSlices slices(String topic) {
    return admin.slices(List.of(topic), StartAt.earliest(), Map.of(), EndAt.now());
  }

  private static void run(Set<String> names, ParseConfig config) {
    run(admin.slices(names, StartAt.earliest(), Map.of(), EndAt.now()), config);
  }

  private static void run(TopicSlices slices, ParseConfig config) {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    options.setTargetParallelism(1);
    // The runner's checks, which others let it make, encode every element twice.
    options.setEnforceImmutability(false);
    options.setEnforceEncodability(false);
    Pipeline pipeline = Pipeline.create(options);
    PCollectionTuple read =
        pipeline
            .apply("Slices", ReadTopics.parts(slices))
            .apply(
                "Read",
                ReadTopics.of(TestBroker.config(), PerRun.always(new Parsing(config, 0, null))));
    read.get(ParsedChanges.BATCHES).apply("Keep changes", ParDo.of(new KeepChanges()));
    read.get(ParsedChanges.REPORTS).apply("Keep reports", ParDo.of(new KeepReports()));
    pipeline.run().waitUntilFinish();
  }

  private static final class KeepChanges extends DoFn<KV<TableBucket, byte[]>, Void> {

    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element KV<TableBucket, byte[]> batch) {
      CHANGES.addAll(texts(batch.getKey(), batch.getValue()));
    }
  }

  private static final class KeepReports extends DoFn<RunReport, Void> {

    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element RunReport report) {
      REPORTS.add(report);
    }
  }

  /** Changes of a batch: table, kind, position, key, columns and values. */
  private static List<String> texts(TableBucket bucket, byte[] batch) {
    HexFormat hex = HexFormat.of();
    List<String> texts = new ArrayList<>();
    RowBatch.Reader reader = new RowBatch.Reader(batch);
    while (reader.next()) {
      String values =
          hex.formatHex(
              reader.buffer(),
              reader.payloadOffset(),
              reader.payloadOffset() + reader.payloadLength());
      texts.add(
          String.join(
              " ",
              bucket.table(),
              String.valueOf(reader.kind()),
              String.join("|", reader.log(), reader.partition() + "", reader.offset() + ""),
              String.valueOf(reader.position()),
              String.valueOf(reader.timeMicros()),
              hex.formatHex(reader.key()),
              RowBatch.hasImage(reader.kind()) ? String.valueOf(reader.columns()) : "",
              values));
    }

    return texts;
  }

  private static RunReport joined() {
    return REPORTS.stream().reduce(RunReport.EMPTY, RunReport::join);
  }

  /** All but the bytes, which are those of lines where lines are read. */
  private static Map<String, Map<String, Long>> counts(RunReport report) {
    Map<String, Map<String, Long>> counts = new TreeMap<>();
    for (TableReport table : report.tables()) {
      Map<String, Long> others = new TreeMap<>(table.counts());
      others.remove(TableReport.BYTES);
      counts.put(table.table(), others);
    }

    return counts;
  }

  private static List<String> withoutDead(Iterable<String> changes) {
    List<String> others = new ArrayList<>();
    changes.forEach(
        change -> {
          if (!change.startsWith(DeadLetters.TABLE)) {
            others.add(change);
          }
        });
    others.sort(null);
    return others;
  }

  private static List<String> deadPlaces(Iterable<String> changes) {
    List<String> places = new ArrayList<>();
    changes.forEach(
        change -> {
          if (change.startsWith(DeadLetters.TABLE)) {
            places.add(change.split(" ", 4)[2].replace('|', ' '));
          }
        });
    places.sort(null);
    return places;
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ParseConfig demoConfig() {
    return config(
        ParseConfig.Tombstones.IGNORE,
        new TableSpec("customers", List.of("id"), Map.of(), Set.of(), TableSpec.Form.CHANGES),
        new TableSpec(
            "orders",
            List.of("order_id"),
            Map.of("amount", "decimal(12,2)"),
            Set.of(),
            TableSpec.Form.CHANGES),
        new TableSpec(
            "interactions",
            List.of("event_id"),
            Map.of("seconds", "int", "occurred_at", "timestamptz"),
            Set.of("occurred_at"),
            TableSpec.Form.ROWS));
  }

  private static List<String> demoLines() throws IOException {
    List<String> lines = new ArrayList<>();
    Path directory = LocalBroker.home().resolve("test-data/customer-360");
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file :
          files.filter(path -> path.toString().contains("changes-")).sorted().toList()) {
        try (InputStream in = Files.newInputStream(file);
            InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
            BufferedReader reader =
                new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
          reader.lines().forEach(lines::add);
        }
      }
    }

    return lines;
  }
}
