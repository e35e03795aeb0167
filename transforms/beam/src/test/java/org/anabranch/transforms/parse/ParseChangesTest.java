package org.anabranch.transforms.parse;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasEntry;
import static org.hamcrest.Matchers.is;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.anabranch.transforms.archive.LogRecord;
import org.anabranch.transforms.archive.LogRecordCoder;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;

class ParseChangesTest {

  private static final String EVENT =
      """
      {"before":null,"after":{"id":%d},"op":"c","source":{"connector":"postgresql","name":"shop",\
      "db":"shop","schema":"public","table":"%s","lsn":%d,"sequence":"[null,\\"7\\"]","ts_ms":1}}\
      """;

  private static byte[] event(long id, String table) {
    return EVENT.formatted(id, table, id).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void linesAndRecordsBecomeBatchesOfTheirTablesAndTheRestIsDead() {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    options.setTargetParallelism(1);
    Pipeline pipeline = Pipeline.create(options);
    byte[] lines =
        (new String(event(1, "orders"), StandardCharsets.UTF_8) + "\nno json\n")
            .getBytes(StandardCharsets.UTF_8);
    byte[] key = "{\"id\":2}".getBytes(StandardCharsets.UTF_8);
    ChangeCollection changes =
        pipeline
            .apply(
                Create.of(
                        LogRecord.lines("/data/a.jsonl", 100, lines),
                        new LogRecord("t", 3, 7, 5L, key, event(2, "customers"), List.of()))
                    .withCoder(LogRecordCoder.of()))
            .apply(ParseChanges.debeziumJson().withKey("orders", "id"));
    PAssert.that(
            changes
                .changes()
                .apply(
                    "Counts",
                    MapElements.into(TypeDescriptors.strings())
                        .via(batch -> batch.table() + batch.report().count("merged"))))
        .satisfies(
            tables -> {
              List<String> found =
                  StreamSupport.stream(tables.spliterator(), false)
                      .filter(table -> !table.endsWith("0"))
                      .sorted()
                      .toList();
              assertThat(found, is(List.of("customers1", "dead_letters1", "orders1")));
              return null;
            });
    PAssert.that(
            changes
                .deadLetters()
                .apply(
                    "Reasons",
                    MapElements.into(TypeDescriptors.strings())
                        .via(letter -> letter.log() + " " + letter.reason() + " " + text(letter))))
        .containsInAnyOrder("/data/a.jsonl invalid-json no json");
    pipeline.run().waitUntilFinish();
  }

  private static String text(DeadLetter letter) {
    return new String(letter.bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void whatIsDeclaredIsShown() {
    DisplayData shown =
        DisplayData.from(
            ParseChanges.debeziumJson()
                .withKey("orders", "id", "line")
                .withHistory("customers")
                .withoutUndeclaredTables());
    assertThat(
        shown.items().stream()
            .collect(
                Collectors.toMap(DisplayData.Item::getKey, item -> item.getValue().toString())),
        hasEntry("key of orders", "id,line"));
  }
}
