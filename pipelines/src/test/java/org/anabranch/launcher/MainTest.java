package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.anabranch.lake.Lake;
import org.anabranch.lake.LakeConfig;
import org.anabranch.lake.LakeRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole calls: streams and exit codes. */
class MainTest {

  private static final String EVENT =
      """
      {"topic":"s.p.t","partition":0,"offset":%d,"key":{"id":%d},"value":{"before":null,"after":\
      {"id":%d,"name":"n%d"},"source":{"connector":"postgresql","name":"s","db":"d","schema":"p",\
      "table":"t","lsn":%d,"sequence":"[null,\\"%d\\"]","snapshot":"false"},"op":"c","ts_ms":1}}
      """;

  @TempDir Path directory;

  private Path input;
  private Path warehouse;

  @BeforeEach
  void writeInput() throws IOException {
    input = directory.resolve("events.jsonl");
    warehouse = directory.resolve("warehouse");
    StringBuilder lines = new StringBuilder();
    for (int i = 1; i <= 3; i++) {
      lines.append(EVENT.formatted(i, i, i, i, i, i));
    }

    Files.writeString(input, lines + "broken\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--help",
        "help",
        "run --help",
        "run replicate --help",
        "run customer-360 -h",
        "help check",
        "check replicate --help",
        "pipelines --help",
        "tables --help",
        "show --help",
        "files --help",
        "generate --help",
        "dev --help",
        "--version",
        "pipelines",
        "help show"
      })
  void helpAndListsGoToStandardOutput(String line) {
    Call call = call(line.isEmpty() ? new String[0] : line.split(" "));

    assertThat(call.err(), is(""));
    assertThat(call.code(), is(0));
    assertThat(call.out().isEmpty(), is(false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rum | no command 'rum'; the nearest is 'run'",
        "--verison | unknown option --verison; the nearest is --version",
        "run | needs the name of a pipeline: customer-360 or replicate",
        "run replicte | no pipeline 'replicte'; pipelines: customer-360, replicate",
        "run replicate extra | a word too many: 'extra'",
        "run replicate -input=x | an option looks like --name=value, but was: -input",
        "run replicate --input=x --input=y | --input is there twice",
        "run replicate --inptu=x | unknown option --inptu; the nearest is --input",
        "run replicate --input=/nowhere/* --warehouse=w | no file matches '/nowhere/*'",
        "run replicate --input=. --warehouse=w | . is a directory; name the files in it",
        "run replicate --input --warehouse=w | --input needs a value: write --input=GLOB",
        "run replicate --input=x | --warehouse=DIR is missing",
        "run customer-360 --mode=stream | --mode needs a source that goes on, but files were given",
        "run customer-360 --topics=a | --bootstrap-servers=HOST:PORT[,...] is missing",
        "run replicate --topics=a --input=x --warehouse=w | --input and --bootstrap-servers exclude",
        "run replicate --input=x --from=latest --warehouse=w | --from needs topics",
        "run replicate --replay=a --input=x --warehouse=w | --input and --replay exclude each other",
        "run replicate --replay=a --warehouse=w --mode=stream | --replay is one batch",
        "run replicate --replay=a --warehouse=w --archive | --replay and --archive exclude",
        "run replicate --replay=a --warehouse=w --to=latest | --to of an archive must be an instant",
        "run replicate --input=pom.xml --warehouse=w --archive | --archive keeps records of topics",
        "run replicate --input=x --every=1s --warehouse=w | --every needs --mode=micro-batch",
        "run customer-360 --runner=flnk | --runner must be direct or flink or spark, but was: flnk",
        "run customer-360 --runner=spark | which the script did not see",
        "run customer-360 --config=nope.yaml | there is no file nope.yaml",
        "run customer-360 --target-parallelism=x | --target-parallelism does not accept 'x'",
        "check replicte | no pipeline 'replicte'",
        "tables | --warehouse=DIR is missing",
        "tables --warehouse=nowhere | there is no ",
        "tables x --warehouse=. | a word too many: 'x'",
        "tables --warehouse=. --as=xml | --as must be table or jsonl, but was: xml",
        "show --warehouse=. | the name of a table is missing",
        "show x --warehouse=. | no table 'x'",
        "show x --warehouse=. --limit=-1 | --limit must be a whole number of at least 0",
        "files ../x --warehouse=. | a table name must be",
        "publish x --warehouse=. --bootstrap-servers=127.0.0.1:1 | no table 'x'",
        "publish a,b --warehouse=. --bootstrap-servers=127.0.0.1:1 --topic=t | must have {table}",
        "publish --warehouse=. | the name of a table is missing",
        "generate | --output=DIR is missing",
        "generate --output=. --customers=0 | --customers must be a whole number",
        "generate --output=. --broken=2 | --broken must be between 0 and 0.5, but was: 2",
      })
  void aWrongCallIsToldInOneLineAndEndsWithTwo(String line, String expected) {
    Call call = call(line.strip().split(" "));

    assertThat(call.code(), is(2));
    assertThat(call.out(), is(""));
    assertThat(call.err(), startsWith("anabranch: "));
    assertThat(call.err(), containsString(expected.strip()));
    assertThat(call.err().lines().count(), is(1L));
  }

  @Test
  void checkTellsTheTopics() throws IOException {
    Path file = warehouse.resolveSibling("hasty.yaml");
    Files.writeString(file, "kafka: {default.api.timeout.ms: 1000}\n");
    Call call =
        call(
            "check",
            "replicate",
            "--mode=stream",
            "--config=" + file,
            "--bootstrap-servers=127.0.0.1:1",
            "--topics=shop.orders",
            "--warehouse=" + warehouse);

    assertThat(call.err(), call.code(), is(1));
    assertThat(call.err(), containsString("no broker answers at 127.0.0.1:1 within 1 s"));
    assertThat(call.out(), containsString("shop.orders on 127.0.0.1:1"));
    assertThat(call.out(), not(containsString("runs as")));
  }

  @Test
  void aBaseInAFileIsRefusedWhereAJobGoesOn() throws IOException {
    Path file = warehouse.resolveSibling("base.yaml");
    Files.writeString(
        file,
        """
        mode: micro-batch
        bootstrap-servers: 127.0.0.1:1
        topics: t
        tables:
          t: {key: id, base: base.parquet}
        """);
    Call call = call("run", "replicate", "--config=" + file, "--warehouse=" + warehouse);

    assertThat(call.code(), is(2));
    assertThat(call.err(), containsString("is loaded once: run it alone with --mode=batch before"));
  }

  @Test
  void verboseAddsTheStackTrace() {
    Call call = call("run", "replicate", "--verbose", "--input=/nowhere/*", "--warehouse=w");

    assertThat(call.code(), is(2));
    assertThat(call.err(), containsString("\tat org.anabranch.launcher"));
  }

  @Test
  void aRowChangedByTwoSourcesIsRefused() throws IOException {
    String other =
        EVENT.formatted(9, 1, 1, 9, 9, 9).replace("\"schema\":\"p\"", "\"schema\":\"hr\"");
    Files.writeString(input, Files.readString(input) + other);
    Call run = call("run", "replicate", "--input=" + input, "--warehouse=" + warehouse);

    assertThat(run.code(), is(1));
    assertThat(
        run.err(),
        containsString(
            "table 't' is refused: it is changed by two sources, postgresql:s:d.hr and"
                + " postgresql:s:d.p;"));
    assertThat(Files.exists(warehouse.resolve("t")), is(false));
  }

  @Test
  void aTruncateEmptiesTheTableThatWasThere() throws IOException {
    call("run", "replicate", "--input=" + input, "--warehouse=" + warehouse);
    Files.writeString(
        input, EVENT.formatted(9, 1, 1, 9, 9, 9).replace("\"op\":\"c\"", "\"op\":\"t\""));
    Call run = call("run", "replicate", "--input=" + input, "--warehouse=" + warehouse);

    assertThat(run.code(), is(0));
    assertThat(call("show", "t", "--warehouse=" + warehouse, "--as=csv").out(), is("id,name\r\n"));
  }

  @Test
  void aTableThatIsCalledLikeAHistoryOfTheRunIsSetAside() throws IOException {
    String clash =
        EVENT.formatted(9, 1, 1, 9, 9, 9).replace("\"table\":\"t\"", "\"table\":\"t_history\"");
    Files.writeString(input, Files.readString(input) + clash);
    call("run", "replicate", "--input=" + input, "--warehouse=" + warehouse, "--history=t");

    Call dead = call("show", "dead_letters", "--warehouse=" + warehouse, "--as=jsonl");
    assertThat(dead.out(), containsString("unusable-table-name"));
  }

  @Test
  void aRunPublishesTablesAndSumsUp() throws IOException {
    Call run =
        call("run", "replicate", "--input=" + input, "--warehouse=" + warehouse, "--buckets=2");

    assertThat(run.err(), startsWith("replicate on direct: reading 1 file, "));
    assertThat(run.code(), is(0));
    List<String> lines = run.out().lines().toList();
    assertThat(
        lines.get(0),
        is(
            "table         read  merged  deleted  dead-lettered  written  seconds  inserted  updated  removed  unchanged  rows now"));
    assertThat(
        lines.get(3), startsWith("t                3       3        0              0        3"));
    assertThat(
        lines.get(4), startsWith("total            4       3        0              1        4"));
    assertThat(lines.get(lines.size() - 1), is("tables are in " + warehouse));

    Call show = call("show", "t", "--warehouse=" + warehouse, "--as=jsonl", "--limit=2");
    assertThat(show.out(), is("{\"id\":1,\"name\":\"n1\"}\n{\"id\":2,\"name\":\"n2\"}\n"));
    assertThat(show.code(), is(0));

    Call metadata =
        call("show", "t", "--warehouse=" + warehouse, "--as=csv", "--metadata", "--version=1");
    assertThat(metadata.out(), startsWith("id,name,_ab_"));

    Call tables = call("tables", "--warehouse=" + warehouse);
    assertThat(
        tables.out().lines().toList().get(2),
        matchesPattern(
            "t +3 +1  batch of 1 file, \\d+ B +[\\d.]+ kB  20\\S+Z  s\\.p\\.t/0:4  1970-\\S+Z  \\d+d \\d+h"));
    assertThat(
        call("tables", "--warehouse=" + warehouse, "--as=jsonl").out(),
        containsString("{\"table\":\"t\",\"rows\":3,\"version\":1,"));

    Call files = call("files", "t", "--warehouse=" + warehouse);
    List<String> paths = files.out().lines().toList();
    assertThat(paths, everyItem(allOf(startsWith("/"), containsString(".parquet"))));
    for (String path : paths) {
      assertThat(Files.isRegularFile(Path.of(path)), is(true));
    }

    Call wrongVersion = call("show", "t", "--warehouse=" + warehouse, "--version=9");
    assertThat(wrongVersion.code(), is(2));
    assertThat(wrongVersion.err(), containsString("versions: [1]"));
  }

  @Test
  void tooManyDeadLettersPublishNothingElse() {
    Call run =
        call(
            "run",
            "replicate",
            "--input=" + input,
            "--warehouse=" + warehouse,
            "--max-dead-letters=0");

    assertThat(run.code(), is(1));
    assertThat(run.out(), is(""));
    assertThat(run.err(), containsString("anabranch: 1 records could not be processed"));
    Call tables = call("tables", "--warehouse=" + warehouse);
    assertThat(tables.out(), containsString("dead_letters"));
    assertThat(tables.out().lines().count(), is(2L));
  }

  @Test
  void runsMayWriteAWarehouseBesideEachOther() throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(warehouse));
        LakeRun other = lake.startRun(4)) {
      Call run = call("run", "replicate", "--input=" + input, "--warehouse=" + warehouse);

      assertThat(run.err(), run.code(), is(0));
      assertThat(Files.isDirectory(Path.of(other.staging())), is(true));
    }
  }

  @Test
  void aFileInTheWayOfTheWarehouseIsNamed() {
    Call run = call("run", "replicate", "--input=" + input, "--warehouse=" + input);
    assertThat(run.code(), is(2));
    assertThat(run.err(), containsString("must be a directory, but is a file: " + input));

    Call below = call("run", "replicate", "--input=" + input, "--warehouse=" + input + "/w");
    assertThat(below.code(), is(1));
    assertThat(below.err().lines().count(), is(1L));
  }

  @Test
  void aBaseThatIsNoParquetIsNamedBeforeTheRun() {
    Call run =
        call(
            "run",
            "replicate",
            "--input=" + input,
            "--warehouse=" + warehouse,
            "--keys=t:id",
            "--base=t=" + input);

    assertThat(run.code(), is(2));
    assertThat(run.err(), containsString("not a Parquet file, or cut off: " + input));
    assertThat(Files.exists(warehouse), is(false));
  }

  @Test
  void aFailingRunSaysWhereTheDetailsAre() throws IOException {
    Path broken = directory.resolve("cut.jsonl.gz");
    Files.write(broken, new byte[] {0x1f, (byte) 0x8b, 8, 0, 0});

    Call run = call("run", "replicate", "--input=" + broken, "--warehouse=" + warehouse);

    assertThat(run.code(), is(1));
    assertThat(run.out(), is(""));
    String line = run.err().lines().toList().get(1);
    assertThat(line, startsWith("anabranch: run replicate failed: "));
    assertThat(run.err(), not(containsString("\tat ")));
    Path details = Path.of(line.replaceAll(".*\\(details: (.*)\\)$", "$1"));
    assertThat(Files.readString(details), containsString("\tat "));
    Files.delete(details);
  }

  @Test
  void checkSaysWhatWouldRunAndWritesNothing() {
    Call check =
        call(
            "check",
            "replicate",
            "--input=" + input,
            "--warehouse=" + warehouse,
            "--keys=t:id",
            "--history=t",
            "--target-parallelism=1");

    assertThat(check.err(), is(""));
    assertThat(check.code(), is(0));
    assertThat(check.out(), containsString("table         t, key id, with history\n"));
    assertThat(check.out(), containsString("option        target-parallelism=1\n"));
    assertThat(check.out(), containsString("input         1 file, "));
    assertThat(Files.exists(warehouse), is(false));
  }

  @Test
  void theCommandLineWinsOverTheFile() throws IOException {
    Path config = directory.resolve("run.yaml");
    Files.writeString(
        config,
        """
        input: nowhere.jsonl
        warehouse: ${env:WH}
        buckets: 3
        options: {target-parallelism: 5}
        """);

    Call check = call("check", "replicate", "--config=" + config, "--input=" + input);

    assertThat(check.err(), is(""));
    assertThat(check.out(), containsString("warehouse     ***\n"));
    assertThat(check.out(), containsString("buckets       3\n"));
    assertThat(check.out(), containsString("option        target-parallelism=5\n"));
  }

  @Test
  void generateWritesInput() {
    Path output = directory.resolve("shop");
    Call generate = call("generate", "--output=" + output, "--customers=20", "--files=1");

    assertThat(generate.code(), is(0));
    assertThat(generate.out(), containsString("\"lines\": "));
    assertThat(Files.exists(output.resolve("manifest.json")), is(true));
    assertThat(call("generate", "--output=" + output).code(), is(1));
  }

  private static Call call(String... arguments) {
    return Call.of(arguments);
  }
}
