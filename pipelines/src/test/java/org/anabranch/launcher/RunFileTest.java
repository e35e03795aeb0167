package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFileTest {

  private static final List<String> NAMES =
      NamedPipeline.of("run", List.of("replicate")).options().stream()
          .map(OptionSpec::name)
          .toList();

  @TempDir Path directory;

  @Test
  void anEmptyFileSaysNothing() throws IOException {
    assertThat(read("# nothing\n"), is(RunFile.EMPTY));
  }

  @Test
  void everyOptionOfARunCanStandInAFile() throws IOException {
    for (NamedPipeline pipeline : NamedPipeline.all()) {
      for (OptionSpec option : pipeline.options()) {
        if (!option.name().equals(RunOptions.CONFIG.name())) {
          RunFile file =
              RunFile.read(
                  Files.writeString(
                      directory.resolve("run.yaml"),
                      "pipeline: " + pipeline.label() + "\n" + option.name() + ": x\n"),
                  pipeline.options().stream().map(OptionSpec::name).toList(),
                  Map.of());
          assertThat(file.settings().get(option.name()).value(), is("x"));
        }
      }
    }
  }

  @Test
  void whatIsSaidOfTablesMayBeAMapping() throws IOException {
    RunFile file =
        read(
            """
            keys: {orders: id, lines: [order_id, number]}
            columns:
              orders: {amount: 'decimal(12,2)', at: timestamp}
            base: {orders: 'a/*.parquet'}
            schema-changes: {orders: fail}
            """);
    assertThat(file.settings().get("keys").value(), is("orders:id,lines:order_id+number"));
    assertThat(
        file.settings().get("columns").value(), is("orders:amount decimal(12,2), at timestamp"));
    assertThat(file.settings().get("base").value(), is("orders=a/*.parquet"));
    assertThat(file.settings().get("schema-changes").value(), is("orders:fail"));
  }

  @Test
  void aRouteIsATextOrAListWhoseGroupsAreNoReferences() throws IOException {
    String one = "/(?<x>a|b)\\.t/=t[+shard=${x}]";
    assertThat(read("route: '" + one + "'\n").settings().get("route").value(), is(one));
    assertThat(
        read("route:\n  - '" + one + "'\n  - '/u{1,2}/=u'\n").settings().get("route").value(),
        is(one + ",/u{1,2}/=u"));
  }

  @Test
  void aFileSaysWhatTheCommandLineCanSay() throws IOException {
    RunFile file =
        read(
            """
            runner: flink
            mode: batch
            input: [a.jsonl, "b.jsonl"]
            warehouse: ${env:WAREHOUSE}/w
            buckets: 8
            tables:
              customers: {key: [id], columns: {balance: "decimal(18,4)"}, history: true}
              orders:
                key: order_id
                base: base/*.parquet
                schema-changes: ignore
              plain:
            options:
              parallelism: 4
            """);

    Path path = directory.resolve("run.yaml");
    assertThat(
        file.settings(),
        is(
            Map.of(
                "runner", new Given("flink", path + ":1:9: ", "runner"),
                "mode", new Given("batch", path + ":2:7: ", "mode"),
                "input", new Given("a.jsonl,b.jsonl", path + ":3:8: ", "input"),
                "warehouse", new Given("/data/w", path + ":4:12: ", "warehouse"),
                "buckets", new Given("8", path + ":5:10: ", "buckets"))));
    assertThat(
        file.tables(),
        is(
            new TableDeclarations(
                Set.of("customers", "orders", "plain"),
                Map.of("customers", List.of("id"), "orders", List.of("order_id")),
                Map.of("customers", Map.of("balance", "decimal(18,4)")),
                Map.of("orders", "base/*.parquet"),
                Set.of("customers"),
                Map.of("orders", Policy.IGNORE))));
    assertThat(
        file.runnerOptions(),
        is(Map.of("parallelism", new Given("4", path + ":14:16: ", "parallelism"))));
  }

  @Test
  void aListOfTablesIsTheOption() throws IOException {
    RunFile file = read("tables: [a, b]\n");

    assertThat(file.settings().get("tables").value(), is("a,b"));
    assertThat(file.tables(), is(TableDeclarations.NONE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "runer: direct | :1:1: unknown key 'runer'; the nearest is 'runner'",
        "'input: [a' | :1:10: ",
        "'input: a\ninput: b' | :2:1: the key 'input' is there twice",
        "input: {a: b} | :1:8: must be a single value",
        "'- a' | :1:1: must be a mapping",
        "'buckets: ${env:NOPE}' | :1:10: the environment variable NOPE is not set",
        "'tables: {a: {kye: [id]}}' | :1:14: unknown key 'kye'; the nearest is 'key'",
        "'tables: {a: {key: []}}' | :1:19: key must name the key columns of table 'a'",
        "'tables: {a: {columns: {x: decimul}}}' | :1:27: columns must give column 'x' a type",
        "'tables: {a: {history: yes}}' | :1:23: history must be true or false, but was: yes",
        "'tables: {a: {schema-changes: no}}' | :1:30: schema-changes must be evolve, fail or ignore",
        "'tables: {dead_letters: {}}' | :1:24: tables must not name 'dead_letters'",
        "'tables: {a: 1}' | :1:13: must be a mapping",
        "options: 1 | :1:10: must be a mapping",
      })
  void aMistakeIsToldWithItsPlace(String text, String expected) {
    Exception failure = assertThrows(WrongCallException.class, () -> read(text));

    assertThat(failure.getMessage(), containsString("run.yaml" + expected.strip()));
    assertThat(failure.getMessage().lines().count(), is(1L));
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = directory.resolve("missing.yaml");

    Exception failure =
        assertThrows(WrongCallException.class, () -> RunFile.read(missing, NAMES, Map.of()));

    assertThat(failure.getMessage(), is("there is no file " + missing));
  }

  @Test
  void objectsAreNotConstructed() throws IOException {
    RunFile file = read("input: !!java.io.File [/etc/passwd]\n");

    assertThat(file.settings().get("input").value(), is("/etc/passwd"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "flink", "spark"})
  void theExamplesAreFilesOfARun(String runner) {
    Path path = runners().resolve(runner).resolve("cluster.example.yaml");

    RunFile file = RunFile.read(path, NAMES, Map.of());

    assertThat(file.settings().get("runner").value(), is(runner));
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "flink", "spark"})
  void theSettingsOfTheRunnersCanBeRead(String runner) {
    Map<String, Given> options = RunnerSettings.options(runners().resolve(".."), runner, Map.of());

    assertThat(options.isEmpty(), is(false));
  }

  private static Path runners() {
    return Path.of("..", "runners-config");
  }

  private RunFile read(String text) throws IOException {
    Path path = directory.resolve("run.yaml");
    Files.writeString(path, text);
    return RunFile.read(path, NAMES, Map.of("WAREHOUSE", "/data"));
  }
}
