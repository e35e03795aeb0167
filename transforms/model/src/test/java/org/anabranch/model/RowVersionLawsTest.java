package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.either;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.anabranch.model.RowVersion.Cell;
import org.junit.jupiter.api.Test;

/** {@link RowVersion#join} is a join, and means what a person would expect of it. */
class RowVersionLawsTest {

  private static final int SEEDS = 20_000;
  private static final byte[] HOLE = {Values.UNAVAILABLE};

  @Test
  void joinIsCommutative() {
    Generated.forSeeds(
        SEEDS,
        generated -> {
          RowVersion left = generated.version();
          RowVersion right = generated.version();
          assertThat(left.join(right), is(right.join(left)));
        });
  }

  @Test
  void joinIsAssociative() {
    Generated.forSeeds(
        SEEDS,
        generated -> {
          RowVersion first = generated.version().join(generated.version());
          RowVersion second = generated.version();
          RowVersion third = generated.version();
          assertThat(first.join(second).join(third), is(first.join(second.join(third))));
        });
  }

  @Test
  void joinIsIdempotent() {
    Generated.forSeeds(
        SEEDS,
        generated -> {
          RowVersion version = generated.version();
          RowVersion joined = version.join(generated.version());
          assertThat(version.join(version), is(version));
          assertThat(joined.join(version), is(joined));
          assertThat(joined.join(joined), is(joined));
        });
  }

  @Test
  void joinOfAnyTwoVersionsStandsAtTheNewerPosition() {
    Generated.forSeeds(
        SEEDS,
        generated -> {
          RowVersion left = generated.version();
          RowVersion right = generated.version();
          RowVersion joined = left.join(right);
          boolean isLeftNewer = left.position().compareTo(right.position()) > 0;
          assertThat(joined.position(), is(isLeftNewer ? left.position() : right.position()));
          assertThat(joined.isAlive(), either(is(left.isAlive())).or(is(right.isAlive())));
        });
  }

  @Test
  void anyOrderSplitAndRepetitionOfAHistoryFoldsToTheSame() {
    Generated.forSeeds(
        3000,
        generated -> {
          List<RowVersion> history = new ArrayList<>();
          for (int i = generated.below(12); i >= 0; i--) {
            history.add(generated.version());
          }

          RowVersion expected = fold(history);
          assertThat(fold(generated.shuffledWithRepeats(history)), is(expected));
          assertThat(foldInParts(generated, generated.shuffledWithRepeats(history)), is(expected));
        });
  }

  private static RowVersion fold(List<RowVersion> versions) {
    return versions.stream().reduce(RowVersion::join).orElseThrow();
  }

  /** Joins any neighbours until one is left: every bracketing can occur. */
  private static RowVersion foldInParts(Generated generated, List<RowVersion> versions) {
    List<RowVersion> parts = new ArrayList<>(versions);
    while (parts.size() > 1) {
      int at = generated.below(parts.size() - 1);
      parts.set(at, parts.get(at).join(parts.remove(at + 1)));
    }

    return parts.get(0);
  }

  @Test
  void equalVersionsHaveEqualHashes() {
    Generated.forSeeds(
        SEEDS,
        generated -> {
          RowVersion left = generated.version();
          RowVersion right = generated.version();
          assertThat(left.join(right).hashCode(), is(right.join(left).hashCode()));
        });
  }

  @Test
  void foldingTheChangesOfATableGivesWhatReplayingThemInOrderGives() {
    Generated.forSeeds(
        2000,
        generated -> {
          List<ModelChange> changes = generated.changes(1 + generated.below(60));
          ModelTable table = ModelTable.replay(changes);
          List<ModelChange> arrived = generated.shuffledWithRepeats(changes);
          for (int key = 0; key < 5; key++) {
            assertSameRow(table, "k" + key, versions(arrived, "k" + key));
          }
        });
  }

  private static void assertSameRow(ModelTable table, String key, List<RowVersion> versions) {
    ModelTable.Row row = table.rows().get(key);
    boolean isAlive = !versions.isEmpty() && fold(versions).isAlive();
    assertThat(key + " is present", isAlive, is(row != null));
    if (row != null) {
      RowVersion folded = fold(versions);
      assertThat(key, folded.position(), is(row.position()));
      assertThat(key, values(folded), is(row.values()));
    }
  }

  @Test
  void everyRowOfTheHistoryIsTheFoldOfTheChangesUpToIt() {
    Generated.forSeeds(
        1000,
        generated -> {
          List<ModelChange> changes = generated.changes(1 + generated.below(40));
          List<ModelChange> arrived = generated.shuffledWithRepeats(changes);
          for (ModelTable.HistoryRow row : ModelTable.replay(changes).history()) {
            List<ModelChange> seen =
                arrived.stream()
                    .filter(change -> change.position().compareTo(row.from()) <= 0)
                    .toList();
            assertThat(values(fold(versions(seen, row.key()))), is(row.values()));
          }
        });
  }

  /** Versions of one row: its own changes, and every truncate as a tombstone. */
  private static List<RowVersion> versions(List<ModelChange> changes, String key) {
    return changes.stream()
        .filter(change -> change.key().isEmpty() || change.key().equals(key))
        .map(RowVersionLawsTest::version)
        .toList();
  }

  private static RowVersion version(ModelChange change) {
    if (change.kind() != ModelChange.Kind.IMAGE) {
      return RowVersion.tombstone(change.position());
    }

    Map<String, byte[]> values = new TreeMap<>();
    change
        .values()
        .forEach(
            (column, value) ->
                values.put(column, value == ModelChange.HOLE ? HOLE : Values.encode(value)));
    return RowVersion.image(change.position(), values);
  }

  /** Columns with a value, decoded. */
  private static Map<String, Object> values(RowVersion version) {
    Map<String, Object> values = new TreeMap<>();
    for (String column : version.columns()) {
      Cell cell = version.cell(column);
      if (cell != null && cell.value().length > 0) {
        values.put(column, Values.decode(cell.value()));
      }
    }

    return values;
  }

  @Test
  void tombstoneBeatsAnOlderUpsertThatArrivesLater() {
    RowVersion row = RowVersion.tombstone(at(7)).join(image(5, "name", "Ada"));
    assertThat(row, is(RowVersion.tombstone(at(7))));
  }

  @Test
  void upsertBeatsAnOlderTombstoneThatArrivesLater() {
    RowVersion row = image(7, "name", "Ada").join(RowVersion.tombstone(at(5)));
    assertThat(row, is(image(7, "name", "Ada")));
  }

  @Test
  void rowInsertedAgainHasNothingOfTheRowThatWasDeleted() {
    RowVersion row =
        image(3, "name", "Ada", "city", "London")
            .join(RowVersion.tombstone(at(5)))
            .join(image(7, "name", "Grace"));
    assertThat(values(row), is(Map.of("name", "Grace")));
  }

  @Test
  void holeIsFilledByAnOlderValueThatArrivesLater() {
    RowVersion row = image(7, "name", "Ada", "text", HOLE);
    assertThat("nothing has filled it yet", row.cell("text"), is(nullValue()));
    row = row.join(image(5, "name", "A.", "text", "long"));
    assertThat(values(row), is(Map.of("name", "Ada", "text", "long")));
    assertThat(cell(row, "text").position(), is(at(5)));
  }

  @Test
  void holeIsFilledByTheNewestOfTheOlderValues() {
    RowVersion row =
        image(7, "text", HOLE).join(image(5, "text", "newer")).join(image(3, "text", "older"));
    assertThat(values(row), is(Map.of("text", "newer")));
  }

  @Test
  void nullIsAValueAndFillsAHole() {
    RowVersion row =
        image(7, "text", HOLE)
            .join(RowVersion.image(at(5), Map.of("text", Values.encode(null))))
            .join(image(3, "text", "older"));
    assertThat(cell(row, "text").value(), is(new byte[] {Values.NULL}));
  }

  @Test
  void deleteForgetsOlderValuesForALaterHole() {
    RowVersion row =
        image(9, "text", HOLE)
            .join(image(3, "text", "before the delete"))
            .join(RowVersion.tombstone(at(5)));
    assertThat(cell(row, "text"), is(new Cell(at(5), RowVersion.ABSENT)));
  }

  @Test
  void columnThatTheNewerImageDoesNotListIsAbsent() {
    RowVersion row = image(7, "name", "Ada").join(image(5, "name", "A.", "city", "London"));
    assertThat(row, is(image(7, "name", "Ada")));
    assertThat(cell(row, "city"), is(new Cell(at(7), RowVersion.ABSENT)));
  }

  @Test
  void holeIsNotFilledFromBeforeAnImageThatDidNotListTheColumn() {
    RowVersion row =
        image(9, "text", HOLE).join(image(5, "name", "Ada")).join(image(3, "text", "dropped"));
    assertThat(cell(row, "text"), is(new Cell(at(5), RowVersion.ABSENT)));
  }

  @Test
  void everyChangeBeatsARowOfTheImportedBase() {
    Position unnumbered = new Position("", 0, 0, 0, "file", 0, 0);
    RowVersion base = RowVersion.image(Position.BASE, Map.of("name", Values.encode("base")));
    RowVersion change = RowVersion.image(unnumbered, Map.of("name", Values.encode("Ada")));
    assertThat(change.join(base), is(change));
    assertThat(base.join(image(1, "name", "Ada")), is(image(1, "name", "Ada")));
  }

  @Test
  void holeOfAChangeIsFilledFromTheImportedBase() {
    RowVersion base = RowVersion.image(Position.BASE, Map.of("text", Values.encode("base")));
    assertThat(values(image(3, "text", HOLE).join(base)), is(Map.of("text", "base")));
  }

  @Test
  void imageBeatsATombstoneAtTheSamePosition() {
    RowVersion row = RowVersion.tombstone(at(5)).join(image(5, "name", "Ada", "text", HOLE));
    assertThat(row.isAlive(), is(true));
    assertThat(values(row), is(Map.of("name", "Ada")));
  }

  @Test
  void differentValuesAtTheSamePositionAreDecidedByTheirContent() {
    RowVersion row = image(5, "name", "b", "city", "x").join(image(5, "name", "a", "city", "y"));
    assertThat(values(row), is(Map.of("name", "b", "city", "y")));
  }

  @Test
  void carriedValueIsAValueThatBeatsOlderOnesAndFillsLaterHoles() {
    byte[] carried = {Values.CARRIED, 1, 42};
    RowVersion moved = RowVersion.image(at(5), Map.of("text", carried));
    RowVersion row = image(9, "text", HOLE).join(image(3, "text", "older")).join(moved);
    assertThat(cell(row, "text"), is(new Cell(at(5), carried)));
  }

  private static Cell cell(RowVersion row, String column) {
    Cell cell = row.cell(column);
    assertThat(column, cell, is(notNullValue()));
    return Objects.requireNonNull(cell);
  }

  private static Position at(long lsn) {
    return new Position("db", 0, lsn, 0, "log", 0, 0);
  }

  private static RowVersion image(long lsn, Object... namesAndValues) {
    Map<String, byte[]> values = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      values.put((String) namesAndValues[i], value == HOLE ? HOLE : Values.encode(value));
    }

    return RowVersion.image(at(lsn), values);
  }
}
