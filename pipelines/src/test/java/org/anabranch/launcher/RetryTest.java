package org.anabranch.launcher;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters that are read again end in the tables of a run that could process them. */
class RetryTest {

  private static final String EVENT =
      """
      {"op":"%s","before":null,"after":{"id":%d,"amount":%s},"source":{"connector":"postgresql",\
      "name":"shop","db":"x","schema":"public","table":"orders","lsn":%d,"sequence":"[null,\\"%d\\"]",\
      "ts_ms":1700000000000}}
      """;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private static String event(String op, int id, String amount, int lsn) {
    return EVENT.formatted(op, id, amount, lsn, lsn);
  }

  private Path input(String text) throws IOException {
    return Files.writeString(directory.resolve("events.jsonl"), text);
  }

  private Call call(String warehouse, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--warehouse=" + directory.resolve(warehouse));
    return Call.of(all.toArray(String[]::new));
  }

  private Call run(String warehouse, Path input, String... options) {
    List<String> all =
        new ArrayList<>(List.of("run", "replicate", "--input=" + input, "--keys=orders:id"));
    all.addAll(List.of(options));
    return call(warehouse, all.toArray(String[]::new));
  }

  private String orders(String warehouse) {
    return call(warehouse, "show", "orders", "--as=jsonl").out();
  }

  private List<JsonNode> deadLetters(String warehouse) throws IOException {
    List<JsonNode> letters = new ArrayList<>();
    for (String line :
        call(warehouse, "show", "dead_letters", "--as=jsonl").out().lines().toList()) {
      letters.add(JSON.readTree(line));
    }

    return letters;
  }

  private String versions(String warehouse) throws IOException {
    StringBuilder versions = new StringBuilder();
    for (String line : call(warehouse, "tables", "--as=jsonl").out().lines().toList()) {
      JsonNode table = JSON.readTree(line);
      versions
          .append(table.get("table").asText())
          .append(table.get("version").asText())
          .append(' ');
    }

    return versions.toString();
  }

  @Test
  void whatAnotherDeclarationLetsInIsResolved() throws IOException {
    // The record that dies is older than one that is merged: its place must stay its own.
    Path input =
        input(
            event("c", 1, "1", 10)
                + event("c", 2, "\"many\"", 11)
                + event("u", 2, "3", 12)
                + event("c", 3, "\"few\"", 13));
    assertThat(run("a", input, "--columns=orders:amount int").code(), is(0));
    assertThat(deadLetters("a").size(), is(2));
    assertThat(deadLetters("a").get(0).get("resolved_at").isNull(), is(true));

    Call same = call("a", "retry", "--keys=orders:id", "--columns=orders:amount int");
    assertThat(same.err(), same.code(), is(1));
    assertThat(same.err(), containsString("column amount must be int, but is \"many\""));
    assertThat(deadLetters("a").get(0).get("resolved_at").isNull(), is(true));

    Call retried = call("a", "retry", "replicate", "--keys=orders:id");
    assertThat(retried.err(), retried.code(), is(0));
    run("b", input);
    assertThat(orders("a"), is(orders("b")));
    assertThat(orders("a"), containsString("{\"id\":2,\"amount\":\"3\"}"));
    for (JsonNode letter : deadLetters("a")) {
      assertThat(letter.get("resolved_at").isTextual(), is(true));
      assertThat(letter.get("resolved_by").asText(), containsString("ab"));
      assertThat(letter.get("reason").asText(), is("wrong-type"));
    }

    String versions = versions("a");
    Call again = call("a", "retry", "--keys=orders:id");
    assertThat(again.err(), again.code(), is(0));
    assertThat(again.err(), containsString("there is no open dead letter to retry"));
    assertThat(versions("a"), is(versions));

    // Reading the input again, which dies again, does not open them again.
    assertThat(run("a", input, "--columns=orders:amount int").code(), is(0));
    assertThat(deadLetters("a").size(), is(2));
    assertThat(deadLetters("a").get(0).get("resolved_at").isTextual(), is(true));
    assertThat(orders("a"), is(orders("b")));
  }

  @Test
  void whatIsCorrectedIsReadAtItsPlace() throws IOException {
    String broken = event("c", 2, "oops", 11);
    Path input = input(event("c", 1, "1", 10) + broken + event("c", 3, "3", 12));
    run("a", input);
    JsonNode letter = deadLetters("a").get(0);
    String log = letter.get("log").asText();
    long offset = letter.get("offset").asLong();
    Path fixed =
        Files.writeString(
            directory.resolve("fixed.jsonl"),
            "{\"log\":\"%s\",\"offset\":%d,\"value\":%s}\n"
                .formatted(log, offset, event("c", 2, "2", 11).strip()));
    Call retried = call("a", "retry", "--keys=orders:id", "--fixed=" + fixed);
    assertThat(retried.err(), retried.code(), is(0));
    run(
        "b",
        Files.writeString(
            directory.resolve("right.jsonl"),
            event("c", 1, "1", 10) + event("c", 2, "2", 11) + event("c", 3, "3", 12)));
    assertThat(orders("a"), is(orders("b")));
    assertThat(deadLetters("a").get(0).get("resolved_at").isTextual(), is(true));
    Call again = call("a", "retry", "--keys=orders:id", "--fixed=" + fixed);
    assertThat(again.code(), is(0));
    assertThat(again.err(), containsString("nothing was run"));
  }

  @Test
  void aRecordOfATopicKeepsItsPlaceInTheLog() throws IOException {
    // Without a connector the log decides: the one that died is the newest.
    String record =
        "{\"topic\":\"s.orders\",\"partition\":0,\"offset\":%d,\"timestamp\":%d,\"value\":{\"op\":\"u\",\"after\":{\"id\":1,\"amount\":%s},\"source\":{\"table\":\"orders\"}}}\n";
    Path input = input(record.formatted(1, 5000, "\"new\"") + record.formatted(0, 4000, "1"));
    run("a", input, "--columns=orders:amount int");
    assertThat(orders("a"), containsString("\"amount\":1"));
    assertThat(call("a", "retry", "--keys=orders:id").code(), is(0));
    assertThat(orders("a"), is("{\"id\":1,\"amount\":\"new\"}\n"));
  }

  @Test
  void wrongCallsAreTold() throws IOException {
    run("a", input(event("c", 1, "oops", 10) + event("c", 1, "2", 10)));
    Call reason = call("a", "retry", "--reason=bad");
    assertThat(reason.code(), is(2));
    assertThat(reason.err(), containsString("--reason must be one of invalid-json"));
    Path fixed = Files.writeString(directory.resolve("fixed.jsonl"), "{\"log\":\"x\"}\n");
    Call call = call("a", "retry", "--fixed=" + fixed);
    assertThat(call.code(), is(2));
    assertThat(call.err(), containsString("fixed.jsonl:1 must have log"));
    Files.writeString(fixed, "{\"log\":\"x\",\"offset\":1,\"value\":\"{}\"}\n");
    Call nowhere = call("a", "retry", "--fixed=" + fixed);
    assertThat(nowhere.code(), is(2));
    assertThat(nowhere.err(), containsString("there is no dead letter at x/0:1"));
    assertThat(call("a", "retry", "--reason=wrong-type").err(), containsString("nothing was run"));
    assertThat(call("a", "retry", "nothing").err(), not(is("")));
  }
}
