package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole calls of all commands with tables that a catalog names rather than their directory. */
abstract class CatalogConformance {

  private static final int ROUNDS = 1;
  private static final String EVENT =
      """
      {"topic":"s.p.orders","partition":0,"offset":%1$d,"key":{"id":%2$d},"value":{"before":null,\
      "after":{"id":%2$d,"amount":%1$d},"source":{"connector":"postgresql","name":"s","db":"d",\
      "schema":"p","table":"orders","lsn":%1$d,"sequence":"[null,\\"%1$d\\"]","snapshot":"false"},\
      "op":"u","ts_ms":1}}
      """;
  private static final int KEYS = 39;
  private static final long LONGEST_RUN_SECONDS = 180;

  @TempDir Path directory;

  private Path warehouse;
  private Path config;

  /** Settings of the catalog as a YAML mapping. */
  abstract String catalog() throws Exception;

  @BeforeEach
  void writeConfig() throws Exception {
    warehouse = directory.resolve("warehouse");
    config = directory.resolve("run.yaml");
    Files.writeString(
        config, "warehouse: " + warehouse + "\nbuckets: 2\ncatalog: " + catalog() + "\n");
  }

  /** A change at every so many positions of the log. */
  private Path input(int from, int to, int step) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int offset = from; offset < to; offset += step) {
      lines.append(EVENT.formatted(offset, offset * 7 % KEYS));
    }

    return Files.writeString(directory.resolve("events-" + from + ".jsonl"), lines);
  }

  private Call run(Path input) {
    return ended(Call.of("run", "replicate", "--config=" + config, "--input=" + input));
  }

  private static Call ended(Call call) {
    assertThat(call.err(), call.code(), is(0));
    return call;
  }

  /** A command that reads the warehouse through the catalog. */
  private Call read(String... words) {
    List<String> line = new ArrayList<>(List.of(words));
    line.add("--warehouse=" + warehouse);
    line.add("--config=" + config);
    return ended(Call.of(line.toArray(String[]::new)));
  }

  /** The rows that one run over these files makes in a directory that is its own catalog. */
  private String expected(Path... inputs) {
    Path other = directory.resolve("expected");
    String files = String.join(",", Stream.of(inputs).map(Path::toString).toList());
    ended(Call.of("run", "replicate", "--input=" + files, "--warehouse=" + other));
    return Call.of("show", "orders", "--warehouse=" + other, "--as=jsonl").out();
  }

  @Test
  void runsWriteAndCommandsReadTheTablesOfTheCatalog() throws IOException {
    Path first = input(0, 100, 1);
    Path second = input(100, 130, 1);
    run(first);
    String afterFirst = read("show", "orders", "--as=jsonl").out();
    run(second);
    String rows = read("show", "orders", "--as=jsonl").out();

    assertThat(rows, is(expected(first, second)));
    assertThat(
        read("tables", "--as=jsonl").out(),
        containsString("{\"table\":\"orders\",\"rows\":" + KEYS + ",\"version\":2,"));
    assertThat(read("show", "orders", "--as=jsonl", "--version=1").out(), is(afterFirst));
    List<String> files = read("files", "orders").out().lines().toList();
    assertThat(files, everyItem(startsWith(warehouse + "/anabranch/orders/data/")));

    Path exported = directory.resolve("exported");
    read("export", "orders", "--output=" + exported);
    assertThat(rowsOf(exported), is((long) KEYS));

    read("compact");
    assertThat(read("show", "orders", "--as=jsonl").out(), is(rows));
    assertThat(read("show", "orders", "--as=jsonl", "--version=1").out(), is(afterFirst));
    run(first);
    assertThat(read("show", "orders", "--as=jsonl").out(), is(rows));

    Call without = Call.of("tables", "--warehouse=" + warehouse);
    assertThat(without.err(), containsString("there are no tables in " + warehouse));
  }

  /** Rows of plain Parquet, merged into a warehouse as a base. */
  private long rowsOf(Path exported) throws IOException {
    Path other = directory.resolve("from-export");
    Path none = Files.writeString(directory.resolve("none.jsonl"), "\n");
    ended(
        Call.of(
            "run",
            "replicate",
            "--input=" + none,
            "--warehouse=" + other,
            "--keys=orders:id",
            "--base=orders=" + exported + "/*.parquet"));
    return Call.of("show", "orders", "--warehouse=" + other, "--as=jsonl").out().lines().count();
  }

  /** Each has the newest change of some rows, so that no commit is without effect. */
  @Test
  void twoProcessesAtOnceLoseAndDoubleNothing() throws IOException, InterruptedException {
    List<Path> inputs = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      int from = 200 * round;
      List<Path> both = List.of(input(from, from + 200, 2), input(from + 1, from + 200, 2));
      List<Process> writers = new ArrayList<>();
      for (Path input : both) {
        writers.add(start(input));
      }

      for (int i = 0; i < both.size(); i++) {
        Process writer = writers.get(i);
        assertThat(writer.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS), is(true));
        assertThat(Files.readString(log(both.get(i))), writer.exitValue(), is(0));
      }

      inputs.addAll(both);
      assertThat(
          read("show", "orders", "--as=jsonl").out(), is(expected(inputs.toArray(Path[]::new))));
    }

    assertThat(
        read("tables", "--as=jsonl").out(), containsString("\"version\":" + 2 * ROUNDS + ","));
    read("compact");
    assertThat(
        read("show", "orders", "--as=jsonl").out(), is(expected(inputs.toArray(Path[]::new))));
  }

  private Process start(Path input) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Danabranch.home=" + Path.of("..").toAbsolutePath().normalize(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "org.anabranch.launcher.Main",
            "run",
            "replicate",
            "--config=" + config,
            "--input=" + input)
        .redirectErrorStream(true)
        .redirectOutput(log(input).toFile())
        .start();
  }

  private static Path log(Path input) {
    return Path.of(input + ".log");
  }
}
