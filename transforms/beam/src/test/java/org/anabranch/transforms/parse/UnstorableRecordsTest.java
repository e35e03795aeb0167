package org.anabranch.transforms.parse;

import static org.anabranch.transforms.parse.RecordedChanges.event;
import static org.anabranch.transforms.parse.RecordedChanges.keyed;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that no table can hold are dead letters, whatever came before them. */
class UnstorableRecordsTest {

  private static final Limits SMALL = new Limits(1 << 10, 3, 10);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "_ab_bucket",
        "_ab_",
        "tags.element",
        ".element",
        "a\\u0000",
        "a\\nb",
        "a\\u001b[31m",
        "a\\u007f",
        "a\\u0085",
        "a\\ud800",
        "\\udc00"
      })
  void aColumnThatCannotHaveItsNameSetsTheRecordAside(String name) {
    List<String> calls =
        RecordedChanges.parse(keyed("{\"id\":1}", event("c", "{\"id\":1,\"" + name + "\":2}")))
            .calls;

    assertThat(calls, contains(startsWith("dead t unusable-column-name: ")));
    assertThat(calls.get(0).chars().noneMatch(Character::isISOControl), is(true));
  }

  @Test
  void theReasonNamesTheColumn() {
    List<String> calls =
        RecordedChanges.parse(
                keyed("{\"id\":1}", event("c", "{\"id\":1,\"_ab_position\":2}")),
                keyed("{\"id\":1}", event("c", "{\"id\":1,\"x\\u001b[2J\":2}")))
            .calls;

    assertThat(
        calls,
        contains(
            containsString("column `_ab_position` begins with _ab_"),
            containsString("column `x\\u001b[2J` has a control character")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "_AB_x",
        "ab_",
        "a.b",
        "element",
        "a.elements",
        "a b",
        "1",
        "é",
        "\\ud83d\\ude00"
      })
  void otherNamesAreNames(String name) {
    List<String> calls =
        RecordedChanges.parse(keyed("{\"id\":1}", event("c", "{\"id\":1,\"" + name + "\":2}")))
            .calls;

    assertThat(calls, contains(startsWith("image t ")));
  }

  @Test
  void aNameHasAtMostAThousandBytes() {
    assertThat(ColumnNames.fault("é".repeat(500)) == null, is(true));
    assertThat(ColumnNames.fault("é".repeat(501)), containsString("more than 1000 bytes"));
    assertThat(ColumnNames.fault("é".repeat(501)).length() < 200, is(true));
  }

  @Test
  void aKeyCannotHaveSuchAColumnEither() {
    assertThat(
        RecordedChanges.parse(keyed("{\"\":1}", event("d", "null"))).calls,
        contains(startsWith("dead t unusable-column-name: a column has an empty name")));
  }

  @ParameterizedTest
  @CsvSource({"../x", ".x", "a/b", "a\\u0085", "a\\u001b", "a\\ud800", "''"})
  void aTableThatCannotHaveItsNameSetsTheRecordAside(String name) {
    String event = "{\"op\":\"c\",\"after\":{\"id\":1},\"source\":{\"table\":\"" + name + "\"}}";

    assertThat(
        RecordedChanges.parse(keyed("{\"id\":1}", event).replace("shop.public.t", "shop. ")).calls,
        contains(
            startsWith(
                name.isEmpty() ? "dead null not-an-event" : "dead null unusable-table-name")));
  }

  @Test
  void moreColumnsThanTheLimitAreTooMany() {
    ParseConfig config = RecordedChanges.OPEN.withLimits(SMALL);
    String three = keyed("{\"id\":1}", event("c", "{\"id\":1,\"a\":2,\"b\":3}"));
    String four =
        keyed("{\"id\":1}", event("c", "{\"id\":1,\"a\":2,\"b\":{\"x\":[1]},\"c\":[{}],\"d\":{}}"));

    assertThat(
        RecordedChanges.parse(config, three, four, three).calls,
        contains(
            startsWith("image t "),
            startsWith("dead t too-large: more than 3 columns (--max-columns)"),
            startsWith("image t ")));
  }

  @Test
  void nestingBeyondTheLimitIsTooDeepNotInvalid() {
    String deep = "[".repeat(600) + "]".repeat(600);
    List<String> calls =
        RecordedChanges.parse(
                keyed("{\"id\":1}", event("c", "{\"id\":1,\"v\":" + deep + "}")),
                keyed("{\"id\":1}", event("c", "{\"id\":1,\"v\":2}")),
                "[".repeat(100_000))
            .calls;

    assertThat(
        calls,
        contains(
            startsWith("dead t too-deep: nested deeper than 500 levels"),
            startsWith("image t "),
            startsWith("dead null too-deep: nested deeper than 500 levels")));
  }

  @Test
  void theKeyOfARecordCanBeTooDeepAsWell() {
    RecordedChanges changes = new RecordedChanges(RecordedChanges.OPEN);
    String deep = "[".repeat(600) + "]".repeat(600);
    changes.addRecord("s.t", 0, 1, "{\"id\":" + deep + "}", event("c", "{\"id\":1}"));
    changes.addRecord("s.t", 0, 1, "[".repeat(20_000), event("c", "{\"id\":1}"));

    assertThat(
        changes.calls,
        contains(startsWith("dead t too-deep: "), startsWith("dead null too-deep: ")));
  }

  @Test
  void fiveHundredLevelsAreStored() {
    String deep = "[".repeat(500) + "]".repeat(500);

    assertThat(
        RecordedChanges.parse(keyed("{\"id\":1}", event("c", "{\"id\":1,\"v\":" + deep + "}")))
            .calls,
        contains(startsWith("image t ")));
  }

  @Test
  void textAndNumbersAreAsLongAsTheyLike() {
    String text = "x".repeat(21_000_000);
    String name = "n".repeat(60_000);
    RecordedChanges changes =
        RecordedChanges.parse(
            keyed("{\"id\":1}", event("c", "{\"id\":1,\"v\":\"" + text + "\"}")),
            keyed("{\"id\":1}", event("c", "{\"id\":1,\"v\":{\"" + name + "\":1}}")),
            keyed(
                "{\"id\":1}",
                event("c", "{\"id\":1,\"v\":\"x\"}")
                    .replace("\"ts_ms\":5", "\"x\":" + "9".repeat(1200))));

    assertThat(
        changes.calls,
        contains(startsWith("image t "), startsWith("image t "), startsWith("image t ")));
    assertThat(changes.rows.get(0).get("v").length() >= text.length(), is(true));
  }

  @Test
  void aDeclaredTableIsCheckedToo() {
    ParseConfig config =
        RecordedChanges.config(RecordedChanges.table("t", List.of("id"), Map.of()));

    assertThat(
        RecordedChanges.parse(config, event("c", "{\"id\":1,\"\":2}")).calls,
        contains(startsWith("dead t unusable-column-name: ")));
  }

  @Test
  void invalidUtf8IsCalledThat() {
    RecordedChanges changes = new RecordedChanges(RecordedChanges.OPEN);
    byte[] line = "{\"a\":\"?\"}".getBytes(StandardCharsets.UTF_8);
    line[6] = (byte) 0xFF;
    changes.add(line);

    assertThat(changes.calls, contains(startsWith("dead null invalid-json: no valid UTF-8")));
  }
}
