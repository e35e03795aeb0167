package org.anabranch.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.anabranch.model.Schema.Column;
import org.anabranch.transforms.archive.LogRecord;
import org.anabranch.transforms.archive.LogRecordCoder;
import org.anabranch.transforms.merge.SchemaChanges.Policy;
import org.anabranch.transforms.parse.ChangeCollection;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.ParseChanges;
import org.anabranch.transforms.parse.ParseChanges.DebeziumJson;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records are parsed as the tables are stored that their changes go into. */
class StoredColumnsTest {

  private static final String SEEN = "\"2026-11-27T08:00:00Z\"";

  @TempDir private Path directory;

  private static ChangeCollection visits(Pipeline pipeline, DebeziumJson parse, String... events) {
    LogRecord lines =
        LogRecord.lines("visits", 0, String.join("\n", events).getBytes(StandardCharsets.UTF_8));
    return pipeline.apply(Create.of(lines).withCoder(LogRecordCoder.of())).apply(parse);
  }

  private void upsert(DebeziumJson parse, UnaryOperator<LakeUpsert> with, String... events) {
    Pipeline pipeline = LakeIoTest.pipeline();
    LakeUpsert upsert = LakeIO.upsert().into(LakeConfig.at(directory)).withBuckets(2);
    visits(pipeline, parse, events).apply(with.apply(upsert));
    pipeline.run().waitUntilFinish();
  }

  private static String event(int id, int lsn, String columns) {
    return """
        {"before":null,"after":{"id":%1$d,%3$s},"source":{"connector":"postgresql","name":"s",\
        "db":"d","schema":"p","table":"visits","lsn":%2$d,"sequence":"[null,\\"%2$d\\"]",\
        "snapshot":"false"},"op":"c","ts_ms":1}"""
        .formatted(id, lsn, columns);
  }

  private List<String> columns() throws IOException {
    try (Lake lake = Lake.at(LakeConfig.at(directory))) {
      return lake.table("visits").schema().columns().stream()
          .filter(column -> !column.name().startsWith("_ab_"))
          .sorted((left, right) -> left.name().compareTo(right.name()))
          .map(StoredColumnsTest::text)
          .toList();
    }
  }

  private static String text(Column column) {
    return column.name() + " " + column.type();
  }

  private List<String> rows(String table, String column) throws IOException {
    List<String> values = new ArrayList<>();
    try (Lake lake = Lake.at(LakeConfig.at(directory))) {
      if (lake.tables().stream().anyMatch(stored -> stored.table().equals(table))) {
        try (LakeRows rows = lake.table(table).openRows()) {
          while (rows.next()) {
            values.add(String.valueOf(rows.row().get(rows.columns().indexOf(column))));
          }
        }
      }
    }

    return values.stream().sorted().toList();
  }

  @Test
  void aTypeThatWasDeclaredOnceStays() throws IOException {
    DebeziumJson parse = ParseChanges.debeziumJson().withKey("visits", "id");
    upsert(
        parse.withType("visits", "seen", "timestamptz"),
        with -> with,
        event(1, 1, "\"seen\":" + SEEN));
    upsert(parse, with -> with, event(2, 2, "\"seen\":" + SEEN));
    assertThat(columns(), contains("id bigint", "seen timestamptz"));
    assertThat(rows("visits", "id"), contains("1", "2"));
    assertThat(rows(DeadLetters.TABLE, "reason"), empty());
  }

  @Test
  void columnsThatAreNotStoredAreLeftOutWhereTheyAreToBe() throws IOException {
    DebeziumJson parse = ParseChanges.debeziumJson().withKey("visits", "id");
    upsert(parse, with -> with.withSchemaEvolution(Policy.IGNORE), event(1, 1, "\"n\":1"));
    assertThat(columns(), contains("id bigint", "n bigint"));
    upsert(
        parse,
        with -> with.withSchemaEvolution(Policy.IGNORE),
        event(2, 2, "\"n\":2,\"more\":true"),
        event(3, 3, "\"n\":\"many\""));
    assertThat(columns(), contains("id bigint", "n bigint"));
    assertThat(rows("visits", "n"), contains("1", "2"));
    assertThat(rows(DeadLetters.TABLE, "reason").size(), is(1));
  }

  @Test
  void whatCannotBeIsToldWhenThePipelineIsBuilt() throws IOException {
    Pipeline pipeline = LakeIoTest.pipeline();
    DebeziumJson parse = ParseChanges.debeziumJson().withKey("visits", "id");
    ChangeCollection visits = visits(pipeline, parse, event(1, 1, "\"n\":1"));
    LakeUpsert upsert = LakeIO.upsert().into(LakeConfig.at(directory));
    visits.apply("Once", upsert);
    visits.apply("Again", upsert);
    assertThat(
        refusal(visits, LakeIO.upsert().into(LakeConfig.at(directory.resolve("other")))),
        containsString("apply ParseChanges to the records once more"));
    assertThat(
        refusal(
            visits,
            upsert
                .withSchemaEvolution(Policy.IGNORE)
                .withTriggeringFrequency(Duration.ofSeconds(1))),
        containsString("does not know the tables that it makes"));
    ChangeCollection rows =
        pipeline.apply(Create.empty(LakeIoTest.ORDERS)).apply("Rows", LakeIoTest.orders());
    assertThat(
        refusal(rows, upsert.withSchemaEvolution(Policy.IGNORE)),
        containsString("leave columns out of the rows"));
    assertThat(rows("visits", "id"), empty());
  }

  private static String refusal(ChangeCollection changes, LakeUpsert upsert) {
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class,
                () -> changes.apply("Refused" + upsert.hashCode(), upsert))
            .getMessage());
  }
}
