package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commonest mistakes end with exit 1 or 2 and a line that leads to the right call. */
class CommonMistakesTest {

  private static final String ROW = "{\"id\":%d,\"customer\":\"c%d\",\"total\":1.5}";
  private static final String EVENT =
      """
      {"op":"c","before":null,"after":%s,"source":{"connector":"postgresql","name":"shop",\
      "db":"x","schema":"public","table":"orders","lsn":%d,"sequence":"[null,\\"%d\\"]",\
      "ts_ms":1700000000000}}""";

  @TempDir Path directory;

  private static List<String> rows() {
    return IntStream.range(0, 3).mapToObj(id -> ROW.formatted(id, id)).toList();
  }

  private static List<String> events() {
    return IntStream.range(0, 3)
        .mapToObj(id -> EVENT.formatted(ROW.formatted(id, id), 10 + id, 10 + id))
        .toList();
  }

  private String lines() throws IOException {
    return input("events.jsonl", String.join("\n", events()) + "\n");
  }

  private String input(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private Call run(String input, String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of("run", "replicate", "--input=" + input, "--warehouse=" + warehouse()));
    arguments.addAll(List.of(options));
    return Call.of(arguments.toArray(String[]::new));
  }

  private Path warehouse() {
    return directory.resolve("warehouse");
  }

  private static void fails(Call call, int code, String... words) {
    assertThat(call.err(), call.code(), is(code));
    List<String> said = call.err().lines().filter(line -> line.startsWith("anabranch: ")).toList();
    assertThat(call.err(), said.size(), is(1));
    for (String word : words) {
      assertThat(said.get(0), containsString(word));
    }
  }

  private String tables() {
    return Call.of("tables", "--warehouse=" + warehouse()).out();
  }

  @Test
  void aWrongKey() throws IOException {
    Call call = run(lines(), "--keys=orders:orderid");
    fails(
        call,
        1,
        "orders missing-key 3, e.g. " + directory.resolve("events.jsonl") + ", byte 0",
        "no column 'orderid'; columns are id, customer, total; did you mean --keys=orders:id?");
    assertThat(call.out(), containsString("dead: orders missing-key 3, e.g. "));
    assertThat(tables(), not(containsString("orders")));
  }

  @Test
  void aWrongGlob() {
    String glob = directory.resolve("nothing-*.jsonl").toString();
    fails(run(glob, "--keys=orders:id"), 2, "no file matches '" + glob + "'");
  }

  @Test
  void noKeys() throws IOException {
    fails(
        run(lines()),
        1,
        "the event has no key; columns are id, customer, total; name its columns with --keys=orders:COLUMN");
  }

  @Test
  void aTypoInATable() throws IOException {
    Call keys = run(lines(), "--keys=order:id");
    fails(keys, 1, "name its columns with --keys=orders:COLUMN");
    String note =
        "no record names the table 'order', which an option names; seen: orders; did you mean 'orders'?";
    assertThat(keys.out(), containsString("note: " + note));
    fails(
        run(lines(), "--keys=orders:id", "--tables=oders"),
        1,
        "no record names the table 'oders', which an option names; seen: orders; did you mean 'orders'?");
    assertThat(tables(), allOf(not(containsString("order ")), not(containsString("oders"))));
  }

  @Test
  void aWrongType() throws IOException {
    fails(
        run(lines(), "--keys=orders:id", "--columns=orders:customer int"),
        1,
        "column customer must be int, but is \"c0\"; declared with --columns=orders:customer int");
  }

  @Test
  void csv() throws IOException {
    fails(
        run(input("rows.csv", "id,customer\n1,\"a, b\"\n2,c\n"), "--keys=orders:id"),
        1,
        "the file looks like CSV",
        "--plain-rows=TABLE");
  }

  @Test
  void aJsonArray() throws IOException {
    String array = input("array.json", "[" + String.join(",", events()) + "]");
    fails(run(array, "--keys=orders:id"), 1, "jq -c '.[]' " + array);
    String lines = input("lines.json", "[\n" + String.join(",\n", events()) + "\n]\n");
    fails(run(lines, "--keys=orders:id"), 2, "jq -c '.[]' " + lines);
  }

  @Test
  void jsonOverManyLines() throws IOException {
    String pretty =
        events().stream()
            .map(event -> event.replace("{", "{\n  ").replace(",", ",\n  "))
            .collect(Collectors.joining("\n"));
    String input = input("pretty.json", pretty);
    fails(run(input, "--keys=orders:id"), 1, "jq -c . " + input);
  }

  @Test
  void rowsWithoutAnEnvelope() throws IOException {
    fails(
        run(input("rows.jsonl", String.join("\n", rows()) + "\n"), "--keys=orders:id"),
        1,
        "the object is no change event",
        "--plain-rows=TABLE");
  }

  /** No mistake: the first bytes say what it is. */
  @Test
  void utf16() throws IOException {
    Path file = directory.resolve("utf16.jsonl");
    Files.write(file, (String.join("\n", events()) + "\n").getBytes(StandardCharsets.UTF_16));
    Call call = run(file.toString(), "--keys=orders:id");
    assertThat(call.err(), call.code(), is(0));
    assertThat(
        Call.of("show", "orders", "--warehouse=" + warehouse(), "--as=jsonl")
            .out()
            .lines()
            .toList(),
        is(rows()));
  }

  @Test
  void aPartOfTheRecordsMayBeDead() throws IOException {
    String mixed =
        input("mixed.jsonl", String.join("\n", events()) + "\n" + String.join("\n", rows()) + "\n");
    fails(
        run(mixed, "--keys=orders:id", "--max-dead-letters=49.9%"),
        1,
        "3 records could not be processed, more than --max-dead-letters=49.9%");
    Call half = run(mixed, "--keys=orders:id", "--max-dead-letters=50%");
    assertThat(half.err(), half.code(), is(0));
    fails(run(mixed, "--max-dead-letters=half"), 2, "a percentage such as 1%", "but was: half");
  }

  @Test
  void recordsOfOtherTopicsAreIgnoredWhereTablesAreChosen() throws IOException {
    String other =
        """
        {"topic":"shop.public.views","partition":0,"offset":1,"value":{"page":"a"}}
        {"topic":"shop.public.views","partition":0,"offset":2,"value":3}
        """;
    String input = input("topics.jsonl", String.join("\n", events()) + "\n" + other);
    Call chosen = run(input, "--keys=orders:id", "--tables=orders");
    assertThat(chosen.err(), chosen.code(), is(0));
    assertThat(chosen.out(), not(containsString("dead: ")));
    assertThat(chosen.out(), containsString("views: records ignored, for they change no row (2)"));
    Call all = run(input, "--keys=orders:id");
    assertThat(all.out(), containsString("dead: (no table) not-an-event 2"));
  }

  @Test
  void checkLooksAtTheFirstRecords() throws IOException {
    Call check =
        Call.of(
            "check",
            "replicate",
            "--input=" + lines(),
            "--keys=orders:id,order:id",
            "--warehouse=" + warehouse());
    assertThat(check.err(), check.code(), is(0));
    assertThat(
        check.out(),
        allOf(
            containsString("the first 3 records"),
            containsString("orders: 3 changes, key id; id bigint, customer string, total double\n"),
            containsString("none of them names the table 'order'")));
    assertThat(Files.exists(warehouse()), is(false));
    Call wrong =
        Call.of(
            "check",
            "replicate",
            "--input=" + lines(),
            "--keys=orders:orderid",
            "--warehouse=" + warehouse());
    fails(wrong, 1, "did you mean --keys=orders:id?");
  }

  @Test
  void aFileSaysItAll() throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("run.yaml"),
            "pipeline: replicate\nlog: text\ninput: %s\nwarehouse: %s\nkeys: {orders: id}\n"
                .formatted(lines(), warehouse()));
    Call call = Call.of("run", "--config=" + config);
    assertThat(call.err(), call.code(), is(0));
    assertThat(tables(), containsString("orders"));
  }

  @Test
  void aSuggestionIsMadeWhereItIsNear() {
    assertThat(Call.of("shwo").err(), containsString("the nearest is 'show'"));
    Call far = Call.of("banana");
    assertThat(far.code(), is(2));
    assertThat(far.err(), not(containsString("nearest")));
  }

  @Test
  void tablesAreDroppedWhenSomebodyIsSure() throws IOException {
    run(lines(), "--keys=orders:id");
    String drop = "--warehouse=" + warehouse();
    Call asked = Call.of("drop", "orders", drop);
    fails(asked, 2, "nothing was done: add --yes");
    assertThat(asked.out(), containsString("would drop table orders: "));
    Call renamed = Call.of("rename", "orders", "sales", drop, "--yes");
    assertThat(renamed.err(), renamed.code(), is(0));
    assertThat(Call.of("show", "sales", drop, "--as=jsonl").out().lines().toList(), is(rows()));
    assertThat(Call.of("drop", "sales", drop, "--yes").code(), is(0));
    assertThat(tables(), not(containsString("sales")));
    fails(Call.of("reset", "job", drop, "--yes"), 2, "there is no progress of a job 'job'");
  }
}
