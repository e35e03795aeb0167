package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.anabranch.lake.Durability;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeRun;
import org.anabranch.lake.LakeTable;
import org.anabranch.lake.Progress;
import org.anabranch.lake.RunCommit;
import org.anabranch.lake.RunPipeline;
import org.anabranch.lake.RunRules;
import org.anabranch.pipelines.Customer360;
import org.anabranch.pipelines.Customer360Config;
import org.anabranch.pipelines.Replicate;
import org.anabranch.pipelines.TablesConfig;
import org.anabranch.pipelines.Target;
import org.anabranch.transforms.customer.WindowRule;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dead run is finished as its own manifest says, whichever pipeline comes across it. */
class DeadRunsTest {

  private static final String EVENT =
      """
      {"topic":"s.p.%1$s","partition":0,"offset":%2$d,"key":{"id":%2$d},"value":{"before":null,\
      "after":{"id":%2$d,"name":"n%2$d"},"source":{"connector":"postgresql","name":"s","db":"d",\
      "schema":"p","table":"%1$s","lsn":%2$d,"sequence":"[null,\\"%2$d\\"]","snapshot":"false"},\
      "op":"c","ts_ms":1}}
      """;

  private static final RunPipeline REPLICATE = new RunPipeline("replicate", Map.of());
  private static final RunPipeline CUSTOMER_360 =
      new RunPipeline(
          "customer-360",
          Customer360.COMPUTED.stream().collect(Collectors.toMap(table -> table, table -> 1)));

  @TempDir private Path directory;
  private Path warehouse;

  @BeforeEach
  void name() {
    warehouse = directory.resolve("warehouse");
  }

  /** To replicate, a table that customer-360 would compute is one like any other. */
  @Test
  void aTableThatReplicateMergesIsMergedByCustomer360() throws IOException {
    try (Lake lake = Lake.at(config());
        LakeRun dead = start(lake, REPLICATE);
        LakeRun other = start(lake, REPLICATE)) {
      replicate(dead, input("late_interactions", 1));
      commitAll(other, replicate(other, input("late_interactions", 2)), Set.of());
      dead.leave();
    }

    Call call = run("customer-360", "customers", 3);

    assertThat(call.err(), containsString("which ended early: dead_letters, late_interactions"));
    assertThat(names("late_interactions"), containsInAnyOrder("n1", "n2"));
  }

  @Test
  void replicateMergesForCustomer360AndLeavesItsComputedTables() throws IOException {
    run("customer-360", "customers", 1);
    try (Lake lake = Lake.at(config());
        LakeRun dead = start(lake, CUSTOMER_360)) {
      dead.setProgress(new Progress(Map.of(), "a run that dies"));
      customer360(dead, input("customers", 2));
      dead.leave();
    }

    Call call = run("replicate", "other", 3);

    assertThat(
        call.err(),
        containsString(
            "customer_insights, interactions_by_window of pipeline customer-360: computed by its"));
    assertThat(names("customers"), containsInAnyOrder("n1", "n2"));
    assertThat(rows("customer_insights"), is(1L));
    assertThat(
        Call.of("tables", "--warehouse=" + warehouse, "--as=jsonl").out(),
        allOf(containsString("\"behind\":{\"customers\":1}}"), containsString("\"behind\":null}")));
    assertThat(Call.of("tables", "--warehouse=" + warehouse).out(), containsString("customers: 1"));

    run("customer-360", "customers", 4);

    assertThat(rows("customer_insights"), is(3L));
    assertThat(
        Call.of("tables", "--warehouse=" + warehouse, "--as=jsonl").out(),
        not(containsString("\"behind\":{\"")));
  }

  @Test
  void anotherVersionOfItHasToComputeAgain() throws IOException {
    RunPipeline newer = new RunPipeline("customer-360", Map.of("customer_insights", 2));
    try (Lake lake = Lake.at(config())) {
      try (LakeRun dead = start(lake, CUSTOMER_360)) {
        customer360(dead, input("customers", 1));
        dead.leave();
      }

      assertThat(UnfinishedRuns.finish(lake, newer, System.err), is(false));
      assertThat(
          lake.tables().stream().map(LakeTable::table).toList(), not(hasItem("customer_insights")));
    }

    assertThat(names("customers"), contains("n1"));
  }

  @Test
  void aRunOfAnEarlierProgramIsFinishedAsBefore() throws IOException {
    try (Lake lake = Lake.at(config())) {
      try (LakeRun dead = start(lake, CUSTOMER_360)) {
        customer360(dead, input("customers", 1));
        Path manifest = Path.of(dead.staging()).resolve("run.json");
        String text = Files.readString(manifest);
        int at = text.indexOf(",\"pipeline\":{");
        Files.writeString(manifest, text.substring(0, at) + "}");
        dead.leave();
      }
    }

    run("replicate", "other", 2);

    assertThat(names("customers"), containsInAnyOrder("n1"));
    assertThat(rows("customer_insights"), is(1L));
  }

  private LakeConfig config() {
    return LakeConfig.at(warehouse).withDurability(Durability.PROCESS);
  }

  private static LakeRun start(Lake lake, RunPipeline pipeline) throws IOException {
    return lake.startRun(1, RunRules.NONE, pipeline);
  }

  private static void commitAll(LakeRun run, RunReport report, Set<String> computed)
      throws IOException {
    new RunCommit(run, report, computed, table -> {}).commitAll();
  }

  private String input(String table, long id) throws IOException {
    Path file = directory.resolve(table + "-" + id + ".jsonl");
    return Files.writeString(file, EVENT.formatted(table, id)).toString();
  }

  private Call run(String pipeline, String table, long id) throws IOException {
    Call call =
        Call.of(
            "run",
            pipeline,
            "--input=" + input(table, id),
            "--warehouse=" + warehouse,
            "--durability=process");
    assertThat(call.err(), call.code(), is(0));
    return call;
  }

  private static RunReport replicate(LakeRun run, String input) throws IOException {
    Pipeline pipeline = Pipeline.create(options());
    Replicate.expand(
        pipeline,
        new TablesConfig(
            List.of(input),
            Map.of(),
            Others.READ,
            Tombstones.IGNORE,
            ParseConfig.UNAVAILABLE,
            Map.of(),
            Set.of(),
            1),
        Target.of(run.scope(), SchemaChanges.EVOLVE));
    pipeline.run().waitUntilFinish();
    return run.report();
  }

  private static void customer360(LakeRun run, String input) {
    Pipeline pipeline = Pipeline.create(options());
    Customer360.expand(
        pipeline,
        Customer360Config.of(List.of(input), 1, WindowRule.of(Duration.ofHours(1)), null),
        Target.of(run.scope(), SchemaChanges.EVOLVE));
    pipeline.run().waitUntilFinish();
  }

  private static DirectOptions options() {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setTargetParallelism(1);
    options.setEnforceImmutability(false);
    options.setEnforceEncodability(false);
    return options;
  }

  private List<String> names(String table) {
    return Call.of("show", table, "--warehouse=" + warehouse, "--as=jsonl")
        .out()
        .lines()
        .map(row -> row.replaceAll(".*\"name\":\"([^\"]*)\".*", "$1"))
        .toList();
  }

  private long rows(String table) throws IOException {
    try (Lake lake = Lake.at(config())) {
      LakeTable stored = lake.table(table);
      return stored.rows();
    }
  }
}
