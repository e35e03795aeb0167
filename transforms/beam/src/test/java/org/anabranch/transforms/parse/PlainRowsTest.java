package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.config;
import static org.anabranch.transforms.parse.RecordedChanges.parse;
import static org.anabranch.transforms.parse.RecordedChanges.source;
import static org.anabranch.transforms.parse.RecordedChanges.table;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.model.Position;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainRowsTest {

  private static final TableSpec CLICKS =
      new TableSpec("clicks", List.of("id"), Map.of(), Set.of(), TableSpec.Form.ROWS);
  private static final TableSpec T = table("t", List.of("id"), Map.of());
  private static final String CLICK = "image clicks [id] {id=Long:1, page=String:\"/\"}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"topic\":\"web.clicks\",\"value\":{\"id\":1,\"page\":\"/\"}}",
        "{\"value\":{\"id\":1,\"page\":\"/\"},\"topic\":\"web.clicks\"}",
        "{\"value\":\"{\\\"id\\\":1,\\\"page\\\":\\\"/\\\"}\",\"topic\":\"clicks\"}",
        "{\"topic\":\"clicks\",\"value\":{\"schema\":null,\"payload\":{\"id\":1,\"page\":\"/\"}}}",
        "{\"value\":{\"id\":1,\"page\":\"/\"}}",
        "{\"id\":1,\"page\":\"/\"}"
      })
  void rowIsTheValue(String line) {
    RecordedChanges changes = parse(config(CLICKS, T), line);
    assertEquals(List.of(CLICK), changes.calls);
    assertEquals(new Position("", 0, 0, 0, "file", 0, 100), changes.positions.get(0));
    assertEquals(0, changes.times.get(0));
  }

  @Test
  void rowMayHaveTheFieldsOfAWrapperOrAnEvent() {
    assertEquals(
        List.of(
            "image clicks [id] {ts_ms=Long:5, id=Long:1}",
            "image clicks [id] {id=Long:1, value=Long:2, op=String:\"x\"}",
            "image clicks [id] {status=String:\"open\", id=Long:1}"),
        parse(
                config(CLICKS),
                "{\"ts_ms\":5,\"id\":1}",
                "{\"id\":1,\"value\":2,\"op\":\"x\"}",
                "{\"status\":\"open\",\"id\":1}")
            .calls);
  }

  @Test
  void eventsOfOtherTablesStayEvents() {
    String event = "{\"after\":{\"id\":1},\"source\":%s,\"op\":\"c\"}".formatted(source("t"));
    String image = "image t [id] {id=Long:1}";
    assertEquals(
        List.of(image, image, image),
        parse(
                config(CLICKS, T),
                event,
                event.replace("{\"after\"", "{\"extra\":1,\"after\""),
                "{\"extra\":1,\"topic\":\"x.t\",\"value\":" + event + "}")
            .calls);
  }

  @Test
  void rowWithoutTopicIsDeadWhereTwoTablesHaveRows() {
    TableSpec views =
        new TableSpec("views", List.of("id"), Map.of(), Set.of(), TableSpec.Form.ROWS);
    assertEquals(
        List.of(
            "dead null not-an-event: a row must come with its topic where --plain-rows names"
                + " several tables"),
        parse(config(CLICKS, views), "{\"id\":1}").calls);
  }

  @Test
  void ofFactsTheFirstOneInTheLogIsValid() {
    TableSpec facts =
        new TableSpec("clicks", List.of("id"), Map.of(), Set.of(), TableSpec.Form.FACTS);
    List<Position> positions =
        parse(
                config(facts),
                "{\"topic\":\"clicks\",\"partition\":1,\"offset\":9,\"value\":{\"id\":1}}",
                "{\"topic\":\"clicks\",\"partition\":1,\"offset\":10,\"value\":{\"id\":1}}",
                "{\"topic\":\"clicks\",\"partition\":2,\"offset\":0,\"value\":{\"id\":1}}")
            .positions;
    assertTrue(positions.get(0).compareTo(positions.get(1)) > 0);
    assertTrue(positions.get(1).compareTo(positions.get(2)) > 0);
    assertEquals("clicks/1/9", positions.get(0).toString());
  }

  @Test
  void theTimeTheLogHasForARecordIsAColumn() {
    TableSpec timed = CLICKS.withLogTime("at");
    String noon = "image clicks [id] {id=Long:1, at=Instant:\"2026-11-01T12:00:00Z\"}";
    String none = "image clicks [id] {id=Long:1}";
    assertEquals(
        List.of(noon, noon, none, none, "image clicks [id] {id=Long:1, at=null}"),
        parse(
                config(timed),
                "{\"topic\":\"clicks\",\"timestamp\":1793534400000,\"value\":{\"id\":1}}",
                "{\"topic\":\"clicks\",\"value\":{\"id\":1,\"at\":\"x\"},"
                    + "\"timestamp\":1793534400000}",
                "{\"topic\":\"clicks\",\"value\":{\"id\":1}}",
                "{\"topic\":\"clicks\",\"timestamp\":\"noon\",\"value\":{\"id\":1}}",
                "{\"topic\":\"clicks\",\"value\":{\"id\":1,\"at\":null}}")
            .calls);
    RecordedChanges records = new RecordedChanges(config(timed));
    records.addTimed("clicks", 0, 1, 1_793_534_400_000L, "{\"id\":1}");
    records.addTimed("clicks", 0, 2, null, "{\"id\":1}");
    assertEquals(List.of(noon, none), records.calls);
  }

  @Test
  void rowWithoutItsKeyIsDead() {
    assertEquals(
        List.of("dead clicks missing-key: no column 'id'; columns are page"),
        parse(config(CLICKS), "{\"page\":\"/\"}").calls);
  }
}
