package org.anabranch.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.anabranch.transforms.parse.ChangeCollection;
import org.anabranch.transforms.parse.ParseChanges;
import org.anabranch.transforms.report.RunCounters;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.logicaltypes.MicrosInstant;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeIoTest {

  static final Schema ORDERS =
      Schema.builder()
          .addInt64Field("id")
          .addNullableField("status", FieldType.STRING)
          .addField("changed_at", FieldType.logicalType(new MicrosInstant()))
          .addStringField("op")
          .build();

  /** What came out; the Direct runner works in this process. */
  private static final Queue<ChangedRow> CHANGED = new ConcurrentLinkedQueue<>();

  private static final Queue<TableCommitted> TOLD = new ConcurrentLinkedQueue<>();

  @TempDir private Path directory;

  static Pipeline pipeline() {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    options.setTargetParallelism(1);
    options.setEnforceImmutability(false);
    options.setEnforceEncodability(false);
    return Pipeline.create(options);
  }

  static Row order(long id, String status, long micros, String op) {
    return Row.withSchema(ORDERS)
        .addValues(id, status, Instant.ofEpochSecond(0, micros * 1000), op)
        .build();
  }

  static ParseChanges.RowChanges orders() {
    return ParseChanges.rows()
        .intoTable("orders")
        .withKey("id")
        .withSequence("changed_at")
        .withOperation("op");
  }

  private void upsert(List<Row> rows) {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Create.of(rows).withRowSchema(ORDERS))
        .apply(orders())
        .apply(LakeIO.upsert().into(LakeConfig.at(directory)).withBuckets(4));
    pipeline.run().waitUntilFinish();
  }

  private Map<Object, Object> stored() throws IOException {
    return stored(directory);
  }

  /** The status of each order. */
  static Map<Object, Object> stored(Path directory) throws IOException {
    Map<Object, Object> stored = new TreeMap<>();
    try (Lake lake = Lake.at(LakeConfig.at(directory));
        LakeRows rows = lake.table("orders").openRows()) {
      while (rows.next()) {
        int id = rows.columns().indexOf("id");
        int status = rows.columns().indexOf("status");
        stored.put(rows.row().get(id), String.valueOf(rows.row().get(status)));
      }
    }

    return stored;
  }

  @Test
  void rowsInAnyOrderAndTwiceGiveTheTableOfTheModel() throws IOException {
    Random random = new Random(17);
    Map<Object, Object> model = new TreeMap<>();
    List<Row> changes = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      long id = random.nextInt(60);
      boolean isGone = random.nextInt(5) == 0;
      changes.add(order(id, "s" + i, i, isGone ? "D" : "u"));
      if (isGone) {
        model.remove(id);
      } else {
        model.put(id, "s" + i);
      }
    }

    List<Row> shuffled = new ArrayList<>(changes);
    Collections.shuffle(shuffled, random);
    upsert(shuffled.subList(0, 300));
    upsert(shuffled.subList(200, 500));
    assertThat(stored(), equalTo(model));
  }

  @Test
  void theCommitsComeOutAndTheirCountsStandInTheSnapshots() throws IOException {
    Pipeline pipeline = pipeline();
    LakeCommits commits =
        pipeline
            .apply(
                Create.of(order(1, "a", 1, "c"), order(2, "b", 2, "c"), order(2, "x", 3, "d"))
                    .withRowSchema(ORDERS))
            .apply(orders().withHistory())
            .apply(LakeIO.upsert().into(LakeConfig.at(directory)).withJob("shop"));
    PAssert.that(
            commits
                .commits()
                .apply(
                    MapElements.into(TypeDescriptors.strings())
                        .via(
                            commit ->
                                commit.table() + " " + commit.version() + " " + commit.counts())))
        .containsInAnyOrder(
            "dead_letters 1 {}",
            "orders 1 {deleted=1, inserted=1, merged=3, read=3}",
            "orders_history 1 {}");
    pipeline.run().waitUntilFinish();
    try (Lake lake = Lake.at(LakeConfig.at(directory))) {
      Map<String, String> summary =
          lake.catalog().load("orders").current().currentSnapshot().summary();
      assertThat(summary.get("anabranch.count.merged"), is("3"));
      assertThat(summary.get("anabranch.pipeline"), is("shop"));
    }
  }

  @Test
  void aRowThatCannotBeProcessedIsADeadLetter() throws IOException {
    Schema schema =
        Schema.builder()
            .addNullableField("id", FieldType.INT64)
            .addNullableField("seq", FieldType.INT64)
            .addNullableField("op", FieldType.STRING)
            .build();
    Pipeline pipeline = pipeline();
    ChangeCollection changes =
        pipeline
            .apply(
                Create.of(
                        Row.withSchema(schema).addValues(1L, 1L, "upsert").build(),
                        Row.withSchema(schema).addValues(null, 1L, "upsert").build(),
                        Row.withSchema(schema).addValues(2L, null, "upsert").build(),
                        Row.withSchema(schema).addValues(3L, 1L, "moved").build())
                    .withRowSchema(schema))
            .apply(
                ParseChanges.rows()
                    .intoTable("orders")
                    .withKey("id")
                    .withSequence("seq")
                    .withOperation("op"));
    PAssert.that(
            changes
                .deadLetters()
                .apply(
                    MapElements.into(TypeDescriptors.strings())
                        .via(letter -> letter.table() + " " + letter.reason())))
        .containsInAnyOrder("orders missing-key", "orders unusable-position", "orders unknown-op");
    changes.apply(LakeIO.upsert().into(LakeConfig.at(directory)));
    pipeline.run().waitUntilFinish();
    try (Lake lake = Lake.at(LakeConfig.at(directory))) {
      assertThat(lake.table("orders").rows(), is(1L));
      assertThat(lake.table("dead_letters").rows(), is(3L));
    }
  }

  @Test
  void anEvaluationThatIsRepeatedCommitsOnceAndTellsItAgain() throws IOException {
    TOLD.clear();
    Pipeline pipeline = pipeline();
    pipeline
        .apply(
            Create.of(IntStream.range(0, 50).mapToObj(id -> order(id, "a", 1, "c")).toList())
                .withRowSchema(ORDERS))
        .apply(orders())
        .apply(LakeIO.upsert().into(LakeConfig.at(directory)))
        .commits()
        .apply(ParDo.of(new TellFn()));
    pipeline.run().waitUntilFinish();
    List<TableCommitted> first = List.copyOf(TOLD);
    // For a second output, without a cache.
    pipeline.run().waitUntilFinish();
    LakeConfig config = LakeConfig.at(directory);
    for (String run : RunDirectory.all(config)) {
      RunDirectory.of(config, run).delete("committed.json");
    }

    // The step has died between its commits and its mark.
    pipeline.run().waitUntilFinish();
    try (Lake lake = Lake.at(config)) {
      assertThat(lake.table("orders").version(), is(1L));
      assertThat(lake.table("orders").rows(), is(50L));
    }

    assertThat(Set.copyOf(TOLD), is(Set.copyOf(first)));
    assertThat(TOLD.size(), is(3 * first.size()));
  }

  @Test
  void aCommitOfARunThatIsGoneFailsRatherThanCommits() throws IOException {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Create.of(order(1, "a", 1, "c")).withRowSchema(ORDERS))
        .apply(orders())
        .apply(LakeIO.upsert().into(LakeConfig.at(directory)));
    for (String run : RunDirectory.all(LakeConfig.at(directory))) {
      RunDirectory.of(LakeConfig.at(directory), run).deleteAll("");
    }

    RuntimeException failure =
        assertThrows(RuntimeException.class, () -> pipeline.run().waitUntilFinish());
    assertThat(failure.getMessage(), containsString("has ended, so that it can no longer"));
    try (Lake lake = Lake.at(LakeConfig.at(directory))) {
      assertThat(lake.tables(), is(List.of()));
    }
  }

  @Test
  void aRunThatSomebodyCommitsIsNotTakenOverWhenItsStarterDies() throws IOException {
    LakeConfig config = LakeConfig.at(directory);
    try (Lake lake = Lake.at(config)) {
      LakeRun run = lake.startRun(1);
      try (RunDirectory guest = RunDirectory.join(config, run.id())) {
        assertThat(guest != null, is(true));
        run.leave();
        run.close();
        lake.compact(UpkeepSettings.DEFAULT);
        assertThat(RunDirectory.all(config), is(List.of(run.id())));
      }

      lake.compact(UpkeepSettings.DEFAULT);
      assertThat(RunDirectory.all(config), is(List.of()));
      assertThat(RunDirectory.join(config, run.id()) == null, is(true));
    }
  }

  @Test
  void whatIsMissingIsSaidWhereThePipelineIsBuilt() {
    assertThat(refusal(ParseChanges.rows()), containsString("intoTable(NAME)"));
    assertThat(refusal(ParseChanges.rows().intoTable("t")), containsString("withKey(COLUMN"));
    assertThat(
        refusal(ParseChanges.rows().intoTable("t").withKey("id")),
        containsString("withSequence(COLUMN"));
    assertThat(
        refusal(ParseChanges.rows().intoTable("t").withKey("no").withSequence("id")),
        containsString("have no column no; columns: [id, status, changed_at, op]"));
    assertThat(
        refusal(ParseChanges.rows().intoTable("t").withKey("id").withSequence("status")),
        containsString("column status of table 't' is not"));
  }

  private static String refusal(ParseChanges.RowChanges transform) {
    Pipeline pipeline = pipeline();
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class,
                () -> pipeline.apply(Create.empty(ORDERS)).apply(transform))
            .getMessage());
  }

  @Test
  void tablesOfSeveralSourcesAreCommittedByOnePipeline() throws IOException {
    Pipeline pipeline = pipeline();
    LakeUpsert upsert = LakeIO.upsert().into(LakeConfig.at(directory));
    pipeline
        .apply("Orders", Create.of(order(1, "a", 1, "c")).withRowSchema(ORDERS))
        .apply("Parse orders", orders())
        .apply("Upsert orders", upsert);
    pipeline
        .apply("Others", Create.of(order(1, "a", 1, "c")).withRowSchema(ORDERS))
        .apply("Parse others", orders().intoTable("others"))
        .apply("Upsert others", upsert);
    pipeline.run().waitUntilFinish();
    try (Lake lake = Lake.at(LakeConfig.at(directory))) {
      assertThat(
          lake.tables().stream().map(LakeTable::table).toList(),
          containsInAnyOrder("dead_letters", "orders", "others"));
    }
  }

  @Test
  void versionsAndTheirDifferencesAreRead() throws IOException {
    upsert(List.of(order(1, "a", 1, "c"), order(2, "b", 1, "c"), order(3, "c", 1, "c")));
    upsert(List.of(order(1, "A", 2, "u"), order(2, "b", 2, "d"), order(4, "d", 2_000_001, "c")));
    LakeConfig config = LakeConfig.at(directory);
    Pipeline pipeline = pipeline();
    LakeRead read = LakeIO.read().from(config).withTable("orders");
    PAssert.that(
            pipeline
                .apply("Newest", read)
                .apply(
                    "Texts",
                    MapElements.into(TypeDescriptors.strings())
                        .via(
                            row ->
                                row.getInt64("id")
                                    + row.getString("status")
                                    + row.getLogicalTypeValue("changed_at", Instant.class))))
        .containsInAnyOrder(
            "1A1970-01-01T00:00:00.000002Z",
            "3c1970-01-01T00:00:00.000001Z",
            "4d1970-01-01T00:00:02.000001Z");
    PAssert.that(
            pipeline
                .apply(
                    "Oldest",
                    read.withVersion(1)
                        .withColumns("status", "id")
                        .withFilter(row -> row.getInt64("id") < 3))
                .apply(
                    "Columns",
                    MapElements.into(TypeDescriptors.strings())
                        .via(row -> row.getString(0) + row.getInt64(1))))
        .containsInAnyOrder("a1", "b2");
    PAssert.that(
            pipeline
                .apply(
                    "Changes",
                    LakeIO.readChanges().from(config).withTable("orders").afterVersion(1))
                .apply(
                    "Both",
                    MapElements.into(TypeDescriptors.strings())
                        .via(
                            row ->
                                status(row, LakeReadChanges.BEFORE)
                                    + ">"
                                    + status(row, LakeReadChanges.AFTER))))
        .containsInAnyOrder("a>A", "b>-", "->d");
    pipeline.run().waitUntilFinish();
  }

  private static String status(Row change, String side) {
    Row row = change.getRow(side);
    return row == null ? "-" : String.valueOf(row.getString("status"));
  }

  @Test
  void anUnboundedInputIsCommittedPaneByPane() throws IOException {
    Pipeline first = panes();
    Pipeline again = panes();
    PipelineResult done = first.run();
    done.waitUntilFinish();
    assertThat(stored(), equalTo(Map.of(1L, "a", 3L, "c")));
    assertThat(counted(done, "records_read"), is(6L));
    assertThat(counted(done, "records_merged"), is(6L));
    assertThat(counted(done, "records_duplicate"), is(2L));
    // As where the engine dies after its commits and has remembered nothing: all come out again.
    again.run().waitUntilFinish();
    assertThat(stored(), equalTo(Map.of(1L, "a", 3L, "c")));
  }

  /** What the engine shows beside the steps. */
  private static long counted(PipelineResult done, String name) {
    long sum = 0;
    for (MetricResult<Long> counter :
        done.metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(RunCounters.NAMESPACE, name))
                    .build())
            .getCounters()) {
      sum += counter.getAttempted();
    }

    return sum;
  }

  private Pipeline panes() {
    TestStream<Row> stream =
        TestStream.create(ORDERS)
            .addElements(order(1, "a", 1, "c"), order(2, "b", 1, "c"))
            .advanceProcessingTime(Duration.standardSeconds(61))
            .addElements(order(1, "old", 0, "u"), order(2, "b", 3, "d"), order(3, "c", 1, "c"))
            .advanceProcessingTime(Duration.standardSeconds(61))
            .addElements(order(3, "c", 1, "c"))
            .advanceProcessingTime(Duration.standardSeconds(61))
            .advanceWatermarkToInfinity();
    Pipeline pipeline = pipeline();
    LakeCommits commits =
        pipeline
            .apply(stream)
            .apply(orders())
            .apply(
                LakeIO.upsert()
                    .into(LakeConfig.at(directory))
                    .withTriggeringFrequency(java.time.Duration.ofMinutes(1)));
    PAssert.that(
            commits
                .commits()
                .apply(
                    MapElements.into(TypeDescriptors.strings())
                        .via(
                            commit ->
                                commit.table() + " " + commit.version() + " " + commit.counts())))
        .containsInAnyOrder(
            "orders 1 {inserted=2, merged=2, read=2}",
            "orders 2 {deleted=1, duplicates=1, inserted=1, merged=3, read=3, removed=1}");
    return pipeline;
  }

  @Test
  void changedRowsAppliedToTheVersionBeforeGiveTheVersion() throws IOException {
    Random random = new Random(5);
    List<Row> first = new ArrayList<>();
    List<Row> second = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String operation = random.nextInt(4) == 0 ? "d" : "u";
      (i < 100 ? first : second).add(order(random.nextInt(40), "s" + i, i, operation));
    }

    upsert(first);
    Map<Object, Object> applied = stored();
    CHANGED.clear();
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Create.of(second).withRowSchema(ORDERS))
        .apply(orders())
        .apply(LakeIO.upsert().into(LakeConfig.at(directory)))
        .changedRows("orders")
        .apply(ParDo.of(new RememberFn()));
    pipeline.run().waitUntilFinish();
    for (ChangedRow changed : CHANGED) {
      Object id = changed.key().getInt64("id");
      Row before = changed.before();
      Row after = changed.after();
      assertThat(
          applied.get(id), equalTo(before == null ? null : before.<Object>getValue("status")));
      if (after == null) {
        applied.remove(id);
      } else {
        applied.put(id, String.valueOf(after.getString("status")));
      }
    }

    assertThat(CHANGED.isEmpty(), is(false));
    assertThat(applied, equalTo(stored()));
  }

  static final class TellFn extends DoFn<TableCommitted, Void> {

    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element TableCommitted commit) {
      TOLD.add(commit);
    }
  }

  static final class RememberFn extends DoFn<ChangedRow, Void> {

    private static final long serialVersionUID = 1;

    @ProcessElement
    public void process(@Element ChangedRow changed) {
      CHANGED.add(changed);
    }
  }
}
