package org.anabranch.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.anabranch.lake.TableHandle.Segment;
import org.anabranch.model.Schema;
import org.anabranch.model.Type;
import org.anabranch.transforms.source.TableFacts;
import org.junit.jupiter.api.Test;

class TableStateTest {

  private static final TableState STATE =
      new TableState(
          8,
          TableState.KEY_FORM,
          List.of("id", "a\tb"),
          Schema.of(
              List.of(
                  new Schema.Column("id", Type.INT64, 0),
                  new Schema.Column("a\tb", Type.listOf(Type.decimal(9, 2)), 1))),
          List.of(new Segment(-1, "/x/kept.bin", 3, 120)),
          List.of("run1"),
          Map.of("log:a/0", 5L, "log:a/1", 9L),
          Map.of(TableState.CONFLICTS, 2L),
          TableFacts.of(TableFacts.SOURCE, "mysql:a\tb\\c:d"));

  @Test
  void itsJsonIsReadBack() {
    assertThat(StateJson.read(StateJson.write(STATE)), equalTo(STATE));
  }

  @Test
  void theFormatBeforeHadNoFacts() {
    String json = StateJson.write(STATE);
    String before =
        json.substring(0, json.indexOf(",\"facts\"")).replace("\"version\":2", "\"version\":1")
            + "}";
    assertThat(StateJson.read(before).facts(), equalTo(TableFacts.NONE));
    assertThat(StateJson.read(before).key(), equalTo(STATE.key()));
  }

  @Test
  void aLaterFormatIsRefused() {
    String later = StateJson.write(STATE).replace("\"version\":2", "\"version\":3");
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> StateJson.read(later));
    assertThat(e.getMessage(), containsString("go on with the newer program"));
  }

  @Test
  void theFormatBeforeHasKeysOfTheFormBeforeButThoseThatAreTheSameInBoth() {
    String now = StateJson.write(STATE);
    String before = now.replace("\"version\":2", "\"version\":1").replace("\"keyForm\":2,", "");
    assertThat(StateJson.read(before).keyForm(), is(TableState.TYPED_KEY_FORM));
    String ofIntegers = before.replace("[\"id\",\"a\\tb\"]", "[\"id\"]");
    assertThat(StateJson.read(ofIntegers).key(), is(List.of("id")));
    assertThat(StateJson.read(ofIntegers).keyForm(), is(TableState.KEY_FORM));
    assertThat(STATE.rekeyed(List.of("id")).key(), is(List.of("id")));
  }

  @Test
  void progressNeverGoesBackAndConflictsAddUp() {
    TableState next =
        STATE.with(
            "run2",
            Schema.EMPTY,
            List.of(),
            Map.of("log:a/0", 4L, "log:b/0", 1L),
            3,
            TableFacts.NONE);
    assertThat(next.progress(), equalTo(Map.of("log:a/0", 5L, "log:a/1", 9L, "log:b/0", 1L)));
    assertThat(next.counters(), equalTo(Map.of(TableState.CONFLICTS, 5L)));
    assertThat(next.tokens(), contains("run1", "run2"));
    assertThat(STATE.lacks(Map.of("log:a/0", 4L)), is(false));
    assertThat(STATE.lacks(Map.of("log:b/0", 1L)), is(true));
  }

  @Test
  void theNewestTokensAreKept() {
    List<String> many =
        IntStream.range(0, TableState.MAX_TOKENS + 5).mapToObj(i -> "r" + i).toList();
    TableState state =
        new TableState(
            8,
            TableState.KEY_FORM,
            List.of(),
            Schema.EMPTY,
            List.of(),
            many,
            Map.of(),
            Map.of(),
            TableFacts.NONE);
    assertThat(state.tokens(), hasSize(TableState.MAX_TOKENS));
    assertThat(state.contains("r4"), is(false));
    assertThat(state.contains("r5"), is(true));
  }

  @Test
  void aRunIsFoundInTheNamesOfItsFiles() {
    String run = RunId.next();
    assertThat(RunId.in("ab-" + run + "-3-0b5e.parquet"), is(run));
    assertThat(RunId.in(run + "-m0.avro"), is(run));
    assertThat(RunId.in("00000-3-abcdefabcdefabcdefab.parquet") == null, is(true));
    assertThat(RunId.in("part-0.parquet") == null, is(true));
  }
}
