package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.anabranch.model.ModelTable.HistoryRow;
import org.anabranch.model.ModelTable.Row;
import org.junit.jupiter.api.Test;

/** The judge is judged by hand-written cases. */
class ModelTableTest {

  @Test
  void newestImageStaysWhateverTheOrderOfArrival() {
    ModelTable table = ModelTable.replay(List.of(image(2, "k", "new"), image(1, "k", "old")));
    assertThat(table.rows(), is(Map.of("k", new Row(at(2), Map.of("v", "new")))));
    assertThat(
        table.history(),
        contains(
            new HistoryRow("k", Map.of("v", "old"), at(1), at(2)),
            new HistoryRow("k", Map.of("v", "new"), at(2), null)));
  }

  @Test
  void deleteClosesTheHistoryAndForgetsTheValues() {
    ModelTable table =
        ModelTable.replay(
            List.of(
                image(1, "k", "old"),
                ModelChange.delete(at(2), "k"),
                image(3, "k", ModelChange.HOLE)));
    assertThat(table.rows(), is(Map.of("k", new Row(at(3), Map.of()))));
    assertThat(
        table.history(),
        contains(
            new HistoryRow("k", Map.of("v", "old"), at(1), at(2)),
            new HistoryRow("k", Map.of(), at(3), null)));
  }

  @Test
  void truncateRemovesEveryOlderRow() {
    ModelTable table =
        ModelTable.replay(
            List.of(
                image(1, "a", "x"),
                ModelChange.image(Position.BASE, "b", Map.of("v", "y")),
                ModelChange.truncate(at(2)),
                image(3, "c", "z")));
    assertThat(table.rows().keySet(), contains("c"));
  }

  @Test
  void holesOfAMovedRowAreFilledFromTheRowAsItWasJustBeforeItsDelete() {
    ModelTable table =
        ModelTable.replay(
            List.of(
                image(1, "old", "text"),
                ModelChange.delete(at(2), "old"),
                moved(3, "new", "old"),
                image(4, "old", "another row")));
    assertThat(table.rows().get("new"), is(new Row(at(3), Map.of("v", "text"))));
  }

  @Test
  void holesOfAMovedRowAreFilledFromTheOldKeyWhetherItsDeleteWasLoggedOrNot() {
    ModelTable table = ModelTable.replay(List.of(image(1, "old", "text"), moved(3, "new", "old")));
    assertThat(table.rows().get("new"), is(new Row(at(3), Map.of("v", "text"))));
  }

  @Test
  void holesOfAMovedRowAreNotFilledFromAnOlderRowAtTheNewKey() {
    ModelTable table =
        ModelTable.replay(List.of(image(1, "new", "stranger"), moved(3, "new", "old")));
    assertThat(table.rows().get("new"), is(new Row(at(3), Map.of())));
  }

  @Test
  void rowsThatMoveOnCarryTheirValuesAlong() {
    ModelTable table =
        ModelTable.replay(
            List.of(
                image(1, "a", "text"),
                ModelChange.delete(at(2), "a"),
                moved(3, "b", "a"),
                ModelChange.delete(at(4), "b"),
                moved(5, "c", "b")));
    assertThat(table.rows(), is(Map.of("c", new Row(at(5), Map.of("v", "text")))));
  }

  @Test
  void changeThatIsDeliveredAgainMakesOneRowOfTheHistory() {
    Position again = new Position("db", 0, 1, 0, "log", 0, 99);
    ModelTable table =
        ModelTable.replay(
            List.of(image(1, "k", "x"), ModelChange.image(again, "k", Map.of("v", "x"))));
    assertThat(table.history(), contains(new HistoryRow("k", Map.of("v", "x"), again, null)));
  }

  @Test
  void deleteOfARowThatNeverWasLeavesNothing() {
    ModelTable table = ModelTable.replay(List.of(ModelChange.delete(at(2), "k")));
    assertThat(table.rows().keySet(), is(empty()));
    assertThat(table.history(), is(empty()));
  }

  @Test
  void twoDifferentImagesOfAKeyAtOnePositionAreRefused() {
    List<ModelChange> changes = List.of(image(1, "k", "x"), image(1, "k", "y"));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ModelTable.replay(changes));
    assertThat(e.getMessage(), containsString("two images at one position"));
  }

  @Test
  void anyOrderAndRepetitionReplaysToTheSameTable() {
    Generated.forSeeds(
        500,
        generated -> {
          List<ModelChange> changes = generated.changesWithKeyChanges(40);
          ModelTable inOrder = ModelTable.replay(changes);
          ModelTable arrived = ModelTable.replay(generated.shuffledWithRepeats(changes));
          assertThat(arrived.rows(), is(inOrder.rows()));
          assertThat(arrived.history(), is(inOrder.history()));
        });
  }

  private static Position at(long lsn) {
    return new Position("db", 0, lsn, 0, "log", 0, lsn);
  }

  private static ModelChange image(long lsn, String key, Object value) {
    return ModelChange.image(at(lsn), key, Map.of("v", value));
  }

  private static ModelChange moved(long lsn, String key, String oldKey) {
    return ModelChange.moved(at(lsn), key, Map.of("v", ModelChange.HOLE), oldKey);
  }
}
