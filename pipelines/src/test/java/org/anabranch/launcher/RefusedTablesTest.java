package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables whose changes contradict one another: refused alone, and let in by what decides. */
class RefusedTablesTest {

  private static final String LINE =
      """
      {"topic":"s.%s","partition":0,"offset":%d,"timestamp":%d,"key":%s,"value":{"before":null,\
      "after":%s,"source":{%s,"ts_ms":%d},"op":"%s"}}
      """;

  @TempDir Path directory;

  private int calls;
  private Path warehouse;

  /** A change of a PostgreSQL table at an LSN and a time, logged at an offset. */
  private static String postgres(
      String table, int offset, long lsn, long second, String snapshot, int id, String value) {
    String source =
        ("\"connector\":\"postgresql\",\"name\":\"s\",\"db\":\"d\",\"schema\":\"p\",\"table\":\"%s\","
                + "\"lsn\":%d,\"sequence\":\"[%s,\\\"%d\\\"]\",\"snapshot\":\"%s\"")
            .formatted(
                table,
                lsn,
                snapshot.equals("false") ? "\\\"" + (lsn - 1) + "\\\"" : "null",
                lsn,
                snapshot);
    return line(table, offset, second, "{\"id\":%d}".formatted(id), id, value, source);
  }

  private static String streamed(String table, int offset, long lsn, int id, String value) {
    return postgres(table, offset, lsn, 100 + offset, "false", id, value);
  }

  private static String line(
      String table, int offset, long second, String key, int id, String value, String source) {
    String row = "{\"id\":%d,\"tenant\":\"a\",\"v\":\"%s\"}".formatted(id, value);
    long millis = second * 1000;
    return LINE.formatted(table, offset, millis, key, row, source, millis, "u");
  }

  private Call run(List<String> lines, String... options) throws IOException {
    calls++;
    Path input = directory.resolve("events-" + calls + ".jsonl");
    Files.writeString(input, String.join("", lines));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run", "replicate", "--input=" + input, "--warehouse=" + warehouse, "--buckets=1"));
    arguments.addAll(List.of(options));
    return Call.of(arguments.toArray(String[]::new));
  }

  private void newWarehouse() {
    warehouse = directory.resolve("warehouse-" + calls);
  }

  private String show(String table) {
    return Call.of("show", table, "--warehouse=" + warehouse, "--as=jsonl").out();
  }

  /** Runs lines in one run, in two, and in two the last half first; each must be refused. */
  private void refusedInAnyCut(List<String> lines, String... words) throws IOException {
    int half = lines.size() / 2;
    List<List<List<String>>> ways =
        List.of(
            List.of(lines),
            List.of(lines.subList(0, half), lines.subList(half, lines.size())),
            List.of(lines.subList(half, lines.size()), lines.subList(0, half)));
    for (List<List<String>> way : ways) {
      newWarehouse();
      Call last = run(way.get(0));
      for (List<String> next : way.subList(1, way.size())) {
        last = run(next);
      }

      assertThat(last.err(), last.code(), is(1));
      for (String word : words) {
        assertThat(last.err(), containsString(word));
      }
    }
  }

  /** Runs lines in any cut; the table must be the same each time. */
  private void sameInAnyCut(List<String> lines, String table, String rows, String... options)
      throws IOException {
    for (int cut = 0; cut < lines.size(); cut++) {
      newWarehouse();
      List<String> tail = lines.subList(cut, lines.size());
      Call first = run(tail, options);
      assertThat(first.err(), first.code(), is(0));
      if (cut > 0) {
        Call second = run(lines.subList(0, cut), options);
        assertThat(second.err(), second.code(), is(0));
      }

      assertThat("cut before " + cut, show(table), containsString(rows));
    }
  }

  @Test
  void eventsThatDisagreeOnTheKeyRefuseTheirTableAlone() throws IOException {
    String source =
        "\"connector\":\"postgresql\",\"name\":\"s\",\"db\":\"d\",\"schema\":\"p\",\"table\":\"t\","
            + "\"lsn\":9,\"sequence\":\"[null,\\\"9\\\"]\",\"snapshot\":\"false\"";
    String other = line("t", 9, 9, "{\"id\":1,\"tenant\":\"a\"}", 1, "x", source);
    List<String> lines = List.of(streamed("t", 1, 1, 1, "a"), streamed("u", 2, 2, 1, "b"), other);

    refusedInAnyCut(
        List.of(streamed("t", 1, 1, 1, "a"), other),
        "table 't' is refused",
        "id and id+tenant",
        "--keys=t:");
    newWarehouse();
    Call refused = run(lines);

    assertThat(refused.code(), is(1));
    assertThat(show("u"), containsString("\"v\":\"b\""));
    assertThat(
        Call.of("show", "t", "--warehouse=" + warehouse).err(), containsString("no table 't'"));
    assertThat(run(lines, "--keys=t:id").code(), is(0));
    assertThat(show("t"), containsString("\"v\":\"x\""));
  }

  @Test
  void twoSourcesRefuseTheirTableUnlessTheyAreSaidToBeOne() throws IOException {
    List<String> lines =
        List.of(
            streamed("t", 1, 10, 1, "old"),
            streamed("t", 2, 20, 1, "new").replace("\"name\":\"s\"", "\"name\":\"s2\""));

    refusedInAnyCut(lines, "postgresql:s2:d.p", "postgresql:s:d.p", "--same-source=", "--route=");
    sameInAnyCut(lines, "t", "\"v\":\"new\"", "--same-source=s=s2");
    sameInAnyCut(lines, "t", "\"v\":\"new\"", "--same-source=postgresql:s:d.p=postgresql:s2:d.p");
  }

  @Test
  void tablesOfTwoSchemasAreNotOne() throws IOException {
    refusedInAnyCut(
        List.of(
            streamed("t", 1, 10, 1, "a").replace("\"p\"", "\"sales\""),
            streamed("t", 2, 20, 2, "b").replace("\"p\"", "\"office\"")),
        "sales",
        "office");
  }

  @Test
  void positionsThatGoBackWhileTimeGoesOnRefuseTheTable() throws IOException {
    List<String> lines =
        List.of(
            streamed("t", 0, 900, 1, "a"),
            streamed("t", 1, 910, 1, "b"),
            streamed("t", 2, 50, 1, "c"),
            streamed("t", 3, 60, 2, "d"));

    refusedInAnyCut(lines, "table 't' is refused", "postgresql:s:d.p", "--position-reset");
    sameInAnyCut(lines, "t", "\"v\":\"c\"", "--position-reset=new-generation");
  }

  @Test
  void aGenerationThatWasFoundCountsAsDeclared() throws IOException {
    newWarehouse();
    List<String> old = List.of(streamed("t", 0, 900, 1, "a"), streamed("t", 1, 910, 2, "b"));
    assertThat(run(old).code(), is(0));
    assertThat(
        run(List.of(streamed("t", 2, 50, 1, "c")), "--position-reset=new-generation").code(),
        is(0));

    Call later = run(List.of(streamed("t", 3, 60, 1, "d"), streamed("t", 1, 910, 2, "b")));

    assertThat(later.err(), later.code(), is(0));
    assertThat(show("t"), allOf(containsString("\"v\":\"d\""), containsString("\"v\":\"b\"")));
  }

  @Test
  void generationsAreDeclaredByTimeAndByOffset() throws IOException {
    List<String> lines =
        List.of(
            streamed("t", 0, 900, 1, "a"),
            streamed("t", 1, 910, 2, "b"),
            streamed("t", 2, 50, 1, "c"),
            streamed("t", 3, 60, 2, "d"));
    for (String from : List.of("1970-01-01T00:01:42Z", "s.t/0:2")) {
      Path file = directory.resolve("config-" + calls + ".yaml");
      Files.writeString(file, "sources: {s: {generations: [{from: '" + from + "'}]}}\n");
      sameInAnyCut(lines, "t", "\"v\":\"c\"", "--config=" + file);
      assertThat(show("t"), containsString("\"v\":\"d\""));
    }
  }

  @Test
  void aNewSnapshotAboveAllThatIsKnownBeginsAGeneration() throws IOException {
    List<String> lines =
        List.of(
            streamed("t", 0, 900, 1, "a"),
            streamed("t", 1, 910, 2, "b"),
            postgres("t", 2, 2000, 200, "first", 1, "read"),
            postgres("t", 3, 2000, 200, "last", 2, "read too"),
            postgres("t", 4, 2100, 300, "false", 2, "e"));

    sameInAnyCut(lines, "t", "\"v\":\"read\"");
    assertThat(show("t"), containsString("\"v\":\"e\""));
  }

  @Test
  void changesThatAreSentAgainAreNoReset() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      lines.add(streamed("t", i, 900 + i, 1, "v" + i));
    }

    for (int i = 3; i < 6; i++) {
      lines.add(postgres("t", 3 + i, 900 + i, 100 + i, "false", 1, "v" + i));
    }

    lines.add(streamed("t", 9, 920, 2, "on"));
    sameInAnyCut(lines, "t", "\"v\":\"v5\"");
  }

  @Test
  void connectorsWhoseOrderIsNotKnownAreRefusedUnlessTheLogDecides() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      lines.add(
          streamed("t", i, 900 - i, 1, "v" + i)
              .replace("\"postgresql\"", "\"sqlserver\"")
              .replace("\"lsn\":" + (900 - i), "\"commit_lsn\":\"00:0" + i + "\""));
    }

    refusedInAnyCut(lines, "sqlserver", "--order=log");
    sameInAnyCut(lines, "t", "\"v\":\"v2\"", "--order=log");
  }

  @Test
  void aPositionThatCannotBeReadIsADeadLetter() throws IOException {
    newWarehouse();
    Call run =
        run(
            List.of(
                streamed("t", 0, 900, 1, "a"),
                streamed("t", 1, 901, 2, "b").replace("\"lsn\":901", "\"lsn\":\"901\""),
                streamed("t", 2, 902, 3, "c").replace("\"lsn\":902", "\"lsn\":9223372036854775808"),
                streamed("t", 3, 903, 4, "d")
                    .replace("\"lsn\":903,", "")
                    .replace("[\\\"902\\\",\\\"903\\\"]", "[null,null]")));

    assertThat(run.err(), run.code(), is(0));
    assertThat(show("t"), not(containsString("\"v\":\"b\"")));
    assertThat(show("dead_letters").split("unusable-position", -1).length - 1, is(3));
  }

  @Test
  void newTablesBeyondTheMostThereMayBeAreRefused() throws IOException {
    newWarehouse();
    assertThat(run(List.of(streamed("t", 0, 1, 1, "a"))).code(), is(0));

    Call run =
        run(
            List.of(
                streamed("t", 1, 2, 1, "b"),
                streamed("u", 2, 3, 1, "c"),
                streamed("w", 3, 4, 1, "d")),
            "--max-tables=3");

    assertThat(run.code(), is(1));
    assertThat(
        run.err(),
        allOf(
            containsString("\nanabranch: table 'u' is refused"),
            containsString("\nanabranch: table 'w' is refused"),
            containsString("--max-tables=3")));
    assertThat(show("t"), containsString("\"v\":\"b\""));
  }

  @Test
  void aTableWhoseColumnsAreNamedByValuesIsRefused() throws IOException {
    newWarehouse();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      lines.add(streamed("t", i, 1 + i, i, "a").replace("\"v\":", "\"v" + i + "\":"));
      lines.add(streamed("u", 30 + i, 31 + i, i, "b"));
    }

    Call run = run(lines, "--max-columns=4");

    assertThat(run.code(), is(1));
    assertThat(
        run.err(),
        allOf(
            containsString("'t' is refused: it would have 32 columns"),
            containsString("--max-columns=4")));
    assertThat(show("u").lines().count(), is(30L));
    assertThat(run(lines, "--max-columns=7").code(), is(0));
    assertThat(show("t").lines().count(), is(30L));
    assertThat(run(lines, "--max-columns=4").code(), is(0));
  }
}
