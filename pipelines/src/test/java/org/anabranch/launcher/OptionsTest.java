package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.kafka.EndAt;
import org.anabranch.kafka.KafkaConfig;
import org.anabranch.kafka.StartAt;
import org.anabranch.lake.DeadLetterLimit;
import org.anabranch.lake.LakeConfig;
import org.anabranch.pipelines.TablesConfig;
import org.anabranch.transforms.customer.WindowRule;
import org.anabranch.transforms.merge.SchemaChanges;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.parse.Limits;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.ParseConfig.Others;
import org.anabranch.transforms.parse.ParseConfig.Tombstones;
import org.anabranch.transforms.parse.Route;
import org.anabranch.transforms.parse.TableSpec.Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The option records: their defaults, every option set, and what is refused. */
class OptionsTest {

  @Test
  void replicateHasDefaults() {
    ReplicateOptions options = replicate("--input=a.jsonl");

    assertThat(
        options,
        is(
            new ReplicateOptions(
                List.of("a.jsonl"),
                TableDeclarations.NONE,
                Set.of(),
                Tombstones.IGNORE,
                ParseConfig.UNAVAILABLE,
                0,
                List.of(),
                Limits.DEFAULT)));
    assertThat(options.toConfig().others(), is(Others.READ));
    assertThat(options.toConfig().tables().keySet(), empty());
  }

  @Test
  void everyOptionOfReplicateIsRead() {
    ReplicateOptions options =
        replicate(
            "--input=a.jsonl, b-{1,2}.jsonl",
            "--format=debezium-json",
            "--tables=customers,orders",
            "--keys=customers:id,orders:customer_id+order_no",
            "--columns=customers:balance decimal(18,4), birth date; orders:amount decimal(12,2)",
            "--base=customers=base/*.parquet,orders=orders-{1,2}.parquet",
            "--history=orders",
            "--plain-rows=customers",
            "--tombstones=delete",
            "--unavailable-value=none",
            "--buckets=7",
            "--route=/shop\\.(eu|us)\\.a{1,2}/=a_$1, /(?<x>s[,/]+)\\.b/=b[+shard=${x}, from=db $1]",
            "--max-line=2KiB",
            "--max-columns=3",
            "--max-tables=4");

    assertThat(
        options,
        is(
            new ReplicateOptions(
                List.of("a.jsonl", "b-{1,2}.jsonl"),
                new TableDeclarations(
                    Set.of("customers", "orders"),
                    Map.of(
                        "customers", List.of("id"), "orders", List.of("customer_id", "order_no")),
                    Map.of(
                        "customers", Map.of("balance", "decimal(18,4)", "birth", "date"),
                        "orders", Map.of("amount", "decimal(12,2)")),
                    Map.of("customers", "base/*.parquet", "orders", "orders-{1,2}.parquet"),
                    Set.of("orders"),
                    Map.of()),
                Set.of("customers"),
                Tombstones.DELETE,
                "none",
                7,
                List.of(
                    new Route("shop\\.(eu|us)\\.a{1,2}", "a_$1", List.of()),
                    new Route(
                        "(?<x>s[,/]+)\\.b",
                        "b",
                        List.of(
                            new Route.Column("shard", "${x}", Route.Use.KEY),
                            new Route.Column("from", "db $1", Route.Use.PLAIN)))),
                new Limits(2048, 3, 4))));
    TablesConfig config = options.toConfig();
    assertThat(config.others(), is(Others.IGNORE));
    assertThat(config.tables().get("orders").key(), contains("customer_id", "order_no"));
    assertThat(config.tables().get("customers").form(), is(Form.ROWS));
    assertThat(config.histories(), contains("orders"));
    assertThat(config.buckets(), is(7));
    assertThat(config.routes(), is(options.routes()));
    assertThat(config.limits(), is(new Limits(2048, 3, 4)));
  }

  @Test
  void declaringATableDoesNotLeaveOthersOut() {
    TablesConfig config = replicate("--input=a", "--keys=customers:id").toConfig();

    assertThat(config.others(), is(Others.READ));
    assertThat(config.tables().keySet(), contains("customers"));
  }

  @Test
  void theCommandLineWinsOverTheFileByTableAndByColumn() {
    TableDeclarations file =
        new TableDeclarations(
            Set.of("a", "b"),
            Map.of("a", List.of("x"), "b", List.of("y")),
            Map.of("a", Map.of("p", "int", "q", "date")),
            Map.of("a", "old.parquet"),
            Set.of("a"),
            Map.of("a", Policy.FAIL));
    Settings line =
        settings("--input=i", "--keys=a:z", "--columns=a:p string", "--base=a=new", "--history=b");

    TableDeclarations merged = ReplicateOptions.parse(line, file).tables();

    assertThat(
        merged,
        is(
            new TableDeclarations(
                Set.of("a", "b"),
                Map.of("a", List.of("z"), "b", List.of("y")),
                Map.of("a", Map.of("p", "string", "q", "date")),
                Map.of("a", "new"),
                Set.of("b"),
                Map.of("a", Policy.FAIL))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nothing=x | --input=GLOB[,GLOB...] is missing",
        "--input= | --input needs a value: write --input=GLOB",
        "--format=avro | --format must be debezium-json, but was: avro",
        "--tables=dead_letters | must not name 'dead_letters'",
        "--tables=a,,b | empty elements",
        "--tables=a,a | must name 'a' once",
        "--tables=../a | can be directories",
        "--keys=customers | must look like TABLE:COLUMN",
        "--keys=customers: | must look like TABLE:COLUMN",
        "--keys=:id | without a name",
        "--keys=a:x+ | key columns of table 'a'",
        "--keys=a:x+x | a key column of table 'a' once",
        "--keys=a:x,a:y | must name 'a' once",
        "--columns=a:x decimul | must give column 'x' a type: unknown type 'decimul'",
        "--columns=a:x | must look like",
        "--columns=a:x int, x int | must name 'a.x' once",
        "--base=a=x.parquet | needs its key columns: add --keys=a:COLUMN",
        "--history=dead_letters | must not name 'dead_letters'",
        "--tombstones=keep | must be ignore or delete, but was: keep",
        "--unavailable-value= | needs a value",
        "--buckets=0 | must be a whole number between 1 and 4096, but was: 0",
        "--buckets=4097 | must be a whole number between 1 and 4096, but was: 4097",
        "--route=t | each looks like /REGEX/=TABLE or /REGEX/=TABLE[COLUMN=VALUE,+COLUMN=VALUE], but not at: t",
        "--route=/a/ | but not at: its end",
        "--route=/a/= | must name a table",
        "--route=/a/=t,b | but not at: b",
        "--route=/a/=t[b | but not at: its end",
        "--route=/a(/=t | /a(/ is no regular expression: Unclosed group",
        "--route=/a/=t$1 | must name groups of /a/ as $1 or ${name}",
        "--route=/(a)/=t[x=${y}] | must name groups of /(a)/",
        "--route=/(a)/=t[_ab_x=$1] | does not begin with _ab_, but was: '_ab_x'",
        "--route=/(a)/=t[x=$1,+x=b] | must name column 'x' once",
        "--buckets=many | must be a whole number between 1 and 4096, but was: many",
      })
  void whatReplicateRefusesNamesOptionRuleAndValue(String option, String expected) {
    Exception failure =
        assertThrows(
            WrongCallException.class,
            () ->
                ReplicateOptions.parse(
                    option.startsWith("--input") || option.startsWith("--nothing")
                        ? settings(option)
                        : settings("--input=i", option),
                    TableDeclarations.NONE));

    assertThat(failure.getMessage(), containsString(expected));
    assertThat(failure.getMessage().lines().count(), is(1L));
  }

  @Test
  void whatTablesLeavesOutCannotHaveABaseOrAHistory() {
    assertThat(
        mistake("--input=i", "--tables=a", "--history=b"), containsString("--tables leaves out"));
    assertThat(
        mistake("--input=i", "--tables=a", "--keys=b:id", "--base=b=x"),
        containsString("--tables leaves out"));
  }

  /** Else rows of two shards would have one key. */
  @Test
  void whatARouteAddsToADeclaredKeyMustBeDeclared() {
    assertThat(
        mistake("--input=i", "--keys=t:id", "--route=/(a|b)\\.t/=t[+shard=$1]"),
        containsString("which is declared without it: write --keys=t:id+shard"));
  }

  @Test
  void aHistoryCannotHaveTheNameOfATable() {
    assertThat(
        mistake("--input=i", "--tables=a,a_history", "--history=a"), containsString("a_history"));
  }

  @Test
  void aLimitHasAUnitAndARange() {
    assertThat(mistake("--input=i", "--max-line=64"), containsString("64MiB or 1GiB, but was: 64"));
    assertThat(mistake("--input=i", "--max-line=1GiB"), containsString("1KiB to 512MiB"));
    assertThat(mistake("--input=i", "--max-columns=0"), containsString("--max-columns"));
    assertThat(mistake("--input=i", "--max-tables=-1"), containsString("--max-tables"));
  }

  @Test
  void customer360HasDefaults() {
    assertThat(
        Customer360Options.parse(settings(), Path.of("/home")),
        is(
            new Customer360Options(
                List.of("/home/test-data/customer-360/changes-*.jsonl*"),
                WindowRule.of(Duration.ofHours(1)),
                null,
                0,
                List.of(),
                Limits.DEFAULT)));
  }

  @Test
  void everyOptionOfCustomer360IsRead() {
    Settings settings =
        settings(
            "--input=a,b",
            "--window=15m",
            "--allowed-lateness=0s",
            "--closed-windows",
            "--as-of=2026-07-01T00:00:00Z",
            "--buckets=3",
            "--route=/clients/=customers",
            "--max-line=1MiB",
            "--max-columns=30");

    assertThat(
        Customer360Options.parse(settings, Path.of("/home")),
        is(
            new Customer360Options(
                List.of("a", "b"),
                new WindowRule(Duration.ofMinutes(15), Duration.ZERO, true),
                Instant.parse("2026-07-01T00:00:00Z"),
                3,
                List.of(new Route("clients", "customers", List.of())),
                new Limits(1 << 20, 30, 1000))));
    assertThat(
        Customer360Options.parse(settings, Path.of("/home")).toConfig().tables().limits(),
        is(new Limits(1 << 20, 30, 1000)));
  }

  @Test
  void aWindowAndAnInstantHaveAForm() {
    assertThrows(
        WrongCallException.class,
        () -> Customer360Options.parse(settings("--window=1"), Path.of("/")));
    assertThrows(
        WrongCallException.class,
        () -> Customer360Options.parse(settings("--window=0s"), Path.of("/")));
    assertThrows(
        WrongCallException.class,
        () -> Customer360Options.parse(settings("--allowed-lateness=-1s"), Path.of("/")));
    assertThrows(
        WrongCallException.class,
        () -> Customer360Options.parse(settings("--as-of=yesterday"), Path.of("/")));
  }

  @Test
  void aRunHasDefaults() {
    assertThat(RunOptions.parse(settings()), is(new RunOptions("direct", Mode.BATCH)));
  }

  @Test
  void everyOptionOfARunIsRead() {
    assertThat(
        RunOptions.parse(settings("--runner=spark", "--mode=micro-batch")),
        is(new RunOptions("spark", Mode.MICRO_BATCH)));
  }

  @Test
  void microBatchesHaveDefaults() {
    assertThat(
        MicroBatchOptions.parse(settings(), Mode.MICRO_BATCH),
        is(new MicroBatchOptions(Duration.ofSeconds(30), 1_000_000, false, -1)));
  }

  @Test
  void everyOptionOfMicroBatchesIsRead() {
    assertThat(
        MicroBatchOptions.parse(
            settings("--every=5s", "--max-rows=10", "--until-caught-up", "--metrics-port=0"),
            Mode.STREAM),
        is(new MicroBatchOptions(Duration.ofSeconds(5), 10, true, 0)));
  }

  @ParameterizedTest
  @CsvSource({"--every=5s", "--max-rows=10", "--until-caught-up"})
  void aBatchHasNoIntervals(String option) {
    Exception failure =
        assertThrows(
            WrongCallException.class, () -> MicroBatchOptions.parse(settings(option), Mode.BATCH));

    assertThat(failure.getMessage(), containsString("needs --mode=micro-batch"));
  }

  @Test
  void aBatchReadsTopicsFromTheFirstRecordToTheEndAtLaunch() {
    assertThat(
        topics(Mode.BATCH),
        is(
            new TopicOptions(
                new KafkaConfig("127.0.0.1:1", Map.of()),
                "a,b",
                StartAt.earliest(),
                EndAt.now(),
                "replicate")));
  }

  @Test
  void aJobThatGoesOnStartsWhereItHasComeTo() {
    assertThat(topics(Mode.MICRO_BATCH).from(), is((StartAt) null));
  }

  @Test
  void everyOptionOfTopicsIsRead() {
    assertThat(
        topics(Mode.BATCH, "--from=a/0:5", "--to=2026-11-24T20:00:00Z"),
        is(
            new TopicOptions(
                new KafkaConfig("127.0.0.1:1", Map.of()),
                "a,b",
                StartAt.offsets(Map.of("a/0", 5L)),
                EndAt.timestamp(Instant.parse("2026-11-24T20:00:00Z")),
                "replicate")));
  }

  @Test
  void aJobIsCalledLikeItsPipelineUnlessItHasAName() {
    assertThat(RunOptions.job(settings(), "replicate"), is("replicate"));
    assertThat(RunOptions.job(settings("--job=nightly"), "replicate"), is("nightly"));
  }

  @Test
  void runsOfAJobAreTogetherUnlessToldOtherwise() {
    assertThat(OneAtATime.parse(settings()), is(OneAtATime.TOGETHER));
    assertThat(OneAtATime.parse(settings("--if-running=skip")), is(OneAtATime.SKIP));
  }

  private static TopicOptions topics(Mode mode, String... more) {
    List<String> options =
        new ArrayList<>(List.of("--bootstrap-servers=127.0.0.1:1", "--topics=a,b"));
    options.addAll(List.of(more));
    return TopicOptions.parse(
        settings(options.toArray(new String[0])), Map.of(), "replicate", mode);
  }

  @Test
  void aTargetHasDefaults() {
    assertThat(
        target(settings("--warehouse=/w")),
        is(
            new TargetOptions(
                LakeConfig.at(Path.of("/w")),
                100,
                Duration.ofDays(7),
                DeadLetterLimit.NONE,
                SchemaChanges.EVOLVE,
                false)));
    assertThat(
        TargetOptions.parse(
                settings(), Customer360Options.WAREHOUSE, Map.of(), TableDeclarations.NONE)
            .warehouse(),
        is(Path.of("warehouse").toAbsolutePath()));
  }

  @Test
  void everyOptionOfATargetIsRead() {
    Settings settings =
        settings(
            "--warehouse=/a/../w",
            "--keep-versions=5",
            "--tombstone-retention=1h",
            "--max-dead-letters=0",
            "--schema-changes=fail,customers:evolve,orders:ignore",
            "--archive");

    assertThat(
        target(settings),
        is(
            new TargetOptions(
                LakeConfig.at(Path.of("/w")),
                5,
                Duration.ofHours(1),
                DeadLetterLimit.of(0),
                new SchemaChanges(
                    Policy.FAIL, Map.of("customers", Policy.EVOLVE, "orders", Policy.IGNORE)),
                true)));
  }

  @Test
  void whatIsSaidOfSchemasIsMergedByTable() {
    TableDeclarations file =
        new TableDeclarations(
            null,
            Map.of(),
            Map.of(),
            Map.of(),
            null,
            Map.of("a", Policy.IGNORE, "b", Policy.IGNORE));
    Settings line = settings("--warehouse=/w", "--schema-changes=b:evolve,fail");

    SchemaChanges changes =
        TargetOptions.parse(line, TargetOptions.WAREHOUSE, Map.of(), file).schemaChanges();

    assertThat(changes.of("a"), is(Policy.IGNORE));
    assertThat(changes.of("b"), is(Policy.EVOLVE));
    assertThat(changes.of("b_history"), is(Policy.EVOLVE));
    assertThat(changes.of("c"), is(Policy.FAIL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--schema-changes=no | must be evolve, fail or ignore, but was: no",
        "--schema-changes=a:no | must be evolve, fail or ignore, but was: no",
        "--schema-changes=a: | must look like [TABLE:]evolve|fail|ignore[,...], but has: a:",
        "--schema-changes=:fail | without a name",
        "--schema-changes=dead_letters:fail | must not name 'dead_letters'",
        "--schema-changes=a:fail,a:evolve | must name 'a' once",
        "--schema-changes=fail,ignore | must name 'all other tables' once",
      })
  void whatATargetRefusesNamesOptionRuleAndValue(String option, String expected) {
    Exception failure =
        assertThrows(WrongCallException.class, () -> target(settings("--warehouse=/w", option)));

    assertThat(failure.getMessage(), containsString(expected));
    assertThat(failure.getMessage().lines().count(), is(1L));
  }

  @Test
  void anObjectStoreIsNoWarehouse() {
    Exception failure =
        assertThrows(WrongCallException.class, () -> target(settings("--warehouse=s3://b/w")));

    assertThat(failure.getMessage(), containsString("local or shared file system"));
  }

  private static TargetOptions target(Settings settings) {
    return TargetOptions.parse(settings, TargetOptions.WAREHOUSE, Map.of(), TableDeclarations.NONE);
  }

  private static String mistake(String... arguments) {
    return assertThrows(WrongCallException.class, () -> replicate(arguments)).getMessage();
  }

  private static ReplicateOptions replicate(String... arguments) {
    return ReplicateOptions.parse(settings(arguments), TableDeclarations.NONE);
  }

  private static Settings settings(String... arguments) {
    return new Settings(CommandLine.parse(List.of(arguments)).options());
  }
}
