package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.anabranch.kafka.KafkaChangesIO;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.TopicLoader;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeIO;
import org.anabranch.lake.LakeJob;
import org.anabranch.launcher.LauncherCalls;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.ShopGenerator;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * customer-360 from the topics of a real broker, in every mode: the tables are those that DuckDB
 * computes from the same lines by SQL alone.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TopicRunsConformance {

  private static final int WINDOW_MINUTES = 60;
  private static final int CUSTOMERS = 100;
  private static final int PARTITIONS = 4;
  private static final List<String> PUBLISHED = List.of("customers", "orders");
  private static final Duration MAX_WAIT = Duration.ofMinutes(2);
  private static final String TOPICS = "--topics=/shop\\..*/";

  private Path directory = Path.of("");
  private Path data = Path.of("");
  private LocalBroker broker;
  private long records;

  /** Name of the runner, as the command line has it. */
  protected abstract String runner();

  /** Options of the runner in this process. */
  protected abstract PipelineOptions options();

  /** Options with which the runner reads without end in this process; none where it cannot. */
  protected Optional<PipelineOptions> endless() {
    return Optional.empty();
  }

  @BeforeAll
  void start(@TempDir Path shared) throws IOException {
    directory = shared;
    data = directory.resolve("data");
    ShopGenerator.generate(new ShopGenerator.Options(data, CUSTOMERS, 1, 7, 4, 0.02, 0.01, 500));
    broker = LocalBroker.start(directory.resolve("broker"));
    records = load(files());
  }

  @AfterAll
  void stop() throws IOException {
    broker.close();
  }

  @Test
  void everyModeGivesTheTablesOfTheOracle() throws Exception {
    givesTheTablesOfTheOracle("--mode=batch");
    for (String mode : modes()) {
      givesTheTablesOfTheOracle(mode, "--until-caught-up", "--every=1s", maxRows(3));
    }
  }

  @Test
  @Tag("long")
  void theArchiveAndThePublishedTopicsSayWhatTheTablesSay() throws Exception {
    Path archived = directory.resolve("archived");
    run(archived, List.of("--mode=batch", "--archive"));
    assertThatTheArchiveMakesTheSameTables(archived);
    publish(archived, "rows");
    assertThatTopicsSayWhatTheTablesSay(archived, "rows");
  }

  /** Reads all in a warehouse of its own. */
  protected final void givesTheTablesOfTheOracle(String... mode) throws Exception {
    Path warehouse = directory.resolve("warehouse" + mode[0]);
    List<String> options = new ArrayList<>(List.of(mode));
    options.add("--archive");
    String printed = run(warehouse, options);
    assertThat(mode[0] + printed, differences(warehouse), is(Map.of()));
    assertThat(mode[0] + printed, ArchivedRecords.of(warehouse), is(ArchivedRecords.once(records)));
    assertThat(mode[0] + " read " + printed, printed, containsString(" " + records + " "));
  }

  @Test
  void aPlainProgramWithoutEndGivesTheTablesOfTheOracle() throws Exception {
    Assumptions.assumeTrue(endless().isPresent(), "the runner cannot read without end");
    Path warehouse = directory.resolve("endless");
    Pipeline pipeline = Pipeline.create(endless().orElseThrow());
    pipeline
        .apply(
            KafkaChangesIO.read()
                .withBootstrapServers(broker.bootstrapServers())
                .withTopics("/" + PlainProgram.TOPICS + "/"))
        .apply(PlainProgram.shop())
        .apply(
            LakeIO.upsert()
                .into(LakeConfig.at(warehouse))
                .withBuckets(2)
                .withTriggeringFrequency(Duration.ofSeconds(1)));
    PipelineResult running = pipeline.run();
    try {
      Map<String, String> differences = differencesOfMerged(warehouse);
      Instant end = Instant.now().plus(MAX_WAIT);
      while (!differences.isEmpty() && Instant.now().isBefore(end)) {
        TimeUnit.MILLISECONDS.sleep(500);
        differences = differencesOfMerged(warehouse);
      }

      assertThat(differences, is(Map.of()));
    } finally {
      running.cancel();
    }
  }

  @Test
  @Tag("long")
  void aPlainProgramGoesOnWhereTheLauncherHasEnded() throws Exception {
    Path warehouse = directory.resolve("job");
    List<String> first = new ArrayList<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      first.add("shop.public.customers/%d:%d".formatted(partition, 10 * partition));
      first.add("shop.public.orders/%d:7".formatted(partition));
    }

    String topics = "--topics=/" + PlainProgram.TOPICS + "/";
    run(
        warehouse,
        List.of("--mode=batch", "--job=shop", topics, "--to=" + String.join(",", first)));
    assertThat(differencesOfMerged(warehouse).isEmpty(), is(false));

    plainRunOfJob(warehouse);
    assertThat(differencesOfMerged(warehouse), is(Map.of()));
    Map<String, Long> places = LakeIO.job(LakeConfig.at(warehouse), "shop").places();
    plainRunOfJob(warehouse);
    assertThat(LakeIO.job(LakeConfig.at(warehouse), "shop").places(), is(places));
    String again =
        run(warehouse, List.of("--mode=batch", "--job=shop", topics, "--from=committed"));
    assertThat(again, containsString("reading 0 records"));
  }

  private void plainRunOfJob(Path warehouse) {
    LakeJob job = LakeIO.job(LakeConfig.at(warehouse), "shop");
    Pipeline pipeline = Pipeline.create(options());
    pipeline
        .apply(
            KafkaChangesIO.read()
                .withBootstrapServers(broker.bootstrapServers())
                .withTopics("/" + PlainProgram.TOPICS + "/")
                .forJob(job))
        .apply(PlainProgram.shop())
        .apply(LakeIO.upsert().into(job).withBuckets(2));
    pipeline.run().waitUntilFinish();
  }

  /** What differs in the tables that nothing is computed for. */
  private Map<String, String> differencesOfMerged(Path warehouse) throws Exception {
    return differencesOfMerged(data, warehouse);
  }

  /** The same for the tables of any data. */
  static Map<String, String> differencesOfMerged(Path data, Path warehouse) throws Exception {
    List<String> merged = List.of("customers", "customers_history", "orders");
    List<String> stored = Exported.tables(warehouse);
    if (!stored.containsAll(merged)) {
      return Map.of("tables", stored.toString());
    }

    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      return oracle.differences(merged, table -> Exported.files(warehouse, table));
    }
  }

  @Test
  void whatIsLateSaysTheLog() throws Exception {
    // Direct's micro-batches are those of Spark, which has no other mode.
    String mode = modes().get(modes().size() - 1);
    lateRun(mode, visits(), List.of("--until-caught-up", "--max-rows=500"));
  }

  @Test
  @Tag("long")
  void whatIsLateSaysTheLogInBatch() throws Exception {
    LateVisits visits = visits();
    List<String> options = lateRun("--mode=batch", visits, List.of());
    Path warehouse = directory.resolve("late--mode=batch");
    options.addAll(List.of("--from=earliest", "--job=again", "--closed-windows"));
    run(warehouse, options);
    assertThatRowsAre(warehouse, "interactions_by_window", visits.windows(true));
    assertThatRowsAre(warehouse, "late_interactions", visits.late());
  }

  /** The option with which all records come in about so many batches. */
  protected final String maxRows(int batches) {
    return "--max-rows=" + records / batches;
  }

  /** The visits, which the topic gets once. */
  private LateVisits visits() throws IOException {
    LateVisits visits = new LateVisits(1500, 11);
    Path lines = directory.resolve("visits.jsonl");
    if (!Files.exists(lines)) {
      visits.write(lines);
      load(List.of(lines));
    }

    return visits;
  }

  private List<String> lateRun(String mode, LateVisits visits, List<String> more) throws Exception {
    Path warehouse = directory.resolve("late" + mode);
    List<String> options = new ArrayList<>(List.of(mode, "--topics=" + LateVisits.TOPIC));
    options.add("--allowed-lateness=" + LateVisits.ALLOWED.toMinutes() + "m");
    options.addAll(more);
    run(warehouse, options);
    assertThatRowsAre(warehouse, "interactions_by_window", visits.windows(false));
    assertThatRowsAre(warehouse, "late_interactions", visits.late());
    return options;
  }

  private static void assertThatRowsAre(Path warehouse, String table, Set<JsonNode> expected) {
    Set<JsonNode> rows = shown(warehouse, table);
    String place = table + " in " + warehouse.getFileName();
    assertThat(
        place + " has", rows.stream().filter(row -> !expected.contains(row)).toList(), is(empty()));
    assertThat(
        place + " has not",
        expected.stream().filter(row -> !rows.contains(row)).toList(),
        is(empty()));
  }

  @Test
  void checkTellsWhereAStreamRunsOtherwiseThanAsked() throws Exception {
    List<String> call = new ArrayList<>(call(directory.resolve("none"), List.of("--mode=stream")));
    call.set(0, "check");
    String printed = call(call);

    assertThat(
        printed, printed.contains("runs as       micro-batches: "), is(runner().equals("spark")));
  }

  private void assertThatTheArchiveMakesTheSameTables(Path archived) throws Exception {
    Path warehouse = directory.resolve("rebuilt");
    call(
        List.of(
            "run",
            "customer-360",
            "--buckets=2",
            "--runner=" + runner(),
            "--replay=" + archived,
            "--warehouse=" + warehouse));

    assertThat(differences(warehouse), is(Map.of()));
  }

  /** The newest values of topics must be the rows of the tables. */
  final void assertThatTopicsSayWhatTheTablesSay(Path warehouse, String prefix) throws Exception {
    for (String table : PUBLISHED) {
      Map<JsonNode, JsonNode> rows =
          UpsertTopic.rows(broker.bootstrapServers(), prefix + "." + table);
      assertThat(table, Set.copyOf(rows.values()), is(shown(warehouse, table)));
      rows.forEach((key, row) -> assertThat(key.properties(), everyItem(is(in(row.properties())))));
    }
  }

  final void publish(Path warehouse, String prefix) throws Exception {
    call(
        List.of(
            "publish",
            String.join(",", PUBLISHED),
            "--runner=" + runner(),
            bootstrapServers(),
            "--topic=" + prefix + ".{table}",
            "--warehouse=" + warehouse));
  }

  /** Rows as the command {@code show} prints them. */
  static Set<JsonNode> shown(Path warehouse, String table) {
    List<String> call = List.of("show", table, "--as=jsonl", "--warehouse=" + warehouse);
    return LauncherCalls.succeed(LocalBroker.home(), call)
        .lines()
        .map(Json::parse)
        .collect(Collectors.toSet());
  }

  /** Modes that go on, each where it is a thing of its own. */
  final List<String> modes() {
    return switch (runner()) {
      case "flink" -> List.of("--mode=stream");
      case "spark" -> List.of("--mode=micro-batch");
      default -> List.of("--mode=micro-batch", "--mode=stream");
    };
  }

  @Test
  @Tag("long")
  void aJobThatIsAskedToStopFinishesItsBatchAndGoesOnLater() throws Exception {
    // Direct's micro-batches are those of Spark, which has no other mode.
    String mode = modes().get(modes().size() - 1);
    Path warehouse = directory.resolve("stopped" + mode);
    List<String> call = call(warehouse, List.of(mode, "--every=100ms", maxRows(3)));
    try (LauncherProcess process = LauncherProcess.start(log(), call)) {
      process.awaitPrinted("batch 1:");
      process.ask();

      int code = process.exitCode();
      assertThat(process.printed(), code, is(0));
      assertThat(process.printed(), containsString("tables are in"));
    }

    run(warehouse, List.of(mode, "--until-caught-up"));
    assertThat(mode, differences(warehouse), is(Map.of()));
  }

  @Test
  @Tag("proof")
  void aJobKilledTenTimesEndsInTheTablesOfTheOracle() throws Exception {
    for (String mode : modes()) {
      Random random = new Random();
      Path warehouse = directory.resolve("killed" + mode);
      String rows = maxRows(10);
      List<String> call =
          call(warehouse, List.of(mode, "--until-caught-up", "--archive", "--every=1s", rows));
      int kills = 0;
      for (int start = 0; start < 30 && kills < 10; start++) {
        try (LauncherProcess process = LauncherProcess.start(log(), call)) {
          kills += process.endsWithin(3_000_000_000L + random.nextLong(9_000_000_000L)) ? 0 : 1;
        }
      }

      run(warehouse, List.of(mode, "--until-caught-up", "--archive"));
      assertThat(mode + " kills", kills, is(10));
      assertThat(mode, ArchivedRecords.of(warehouse), is(ArchivedRecords.once(records)));
      assertThat(mode, differences(warehouse), is(Map.of()));
    }
  }

  final Map<String, String> differences(Path warehouse) throws Exception {
    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      return oracle.differences(warehouse);
    }
  }

  final String run(Path warehouse, List<String> options) throws Exception {
    return call(call(warehouse, options));
  }

  /** A call in this process, which ends well; gives what it printed. */
  static String call(List<String> arguments) {
    return LauncherCalls.succeedAndTellAll(LocalBroker.home(), arguments);
  }

  final List<String> call(Path warehouse, List<String> options) {
    List<String> call =
        new ArrayList<>(
            List.of(
                "run",
                "customer-360",
                "--buckets=2",
                "--runner=" + runner(),
                "--bootstrap-servers=" + broker.bootstrapServers(),
                "--warehouse=" + warehouse));
    if (options.stream().noneMatch(option -> option.startsWith("--topics="))) {
      call.add(TOPICS);
    }

    call.addAll(options);
    return call;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("changes-"))
          .sorted()
          .toList();
    }
  }

  private long load(List<Path> files) throws IOException {
    return TopicLoader.load(KafkaConfig.of(broker.bootstrapServers()), files, PARTITIONS)
        .values()
        .stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  final String bootstrapServers() {
    return "--bootstrap-servers=" + broker.bootstrapServers();
  }

  final Path warehouse(String name) {
    return directory.resolve(name);
  }

  final long records() {
    return records;
  }

  final Path log() {
    return directory.resolve("run.log");
  }
}
