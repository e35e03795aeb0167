package org.anabranch.transforms.source;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.anabranch.model.Position;
import org.anabranch.transforms.source.PositionResets.Reset;
import org.junit.jupiter.api.Test;

class PositionResetsTest {

  private static final String SOURCE = "postgresql:s:d.p";

  /** A change at an offset with an LSN and a time. */
  private record Change(long offset, long lsn, long row, long time) {

    static Change streamed(long offset, long lsn, long time) {
      return new Change(offset, lsn, 0, time);
    }

    Position position(String log) {
      return new Position(SOURCE, row < 0 ? 0 : lsn - 1, lsn, row, log, 0, offset);
    }
  }

  private static LogTrack track(String log, List<Change> changes) {
    LogTracker tracker = new LogTracker();
    changes.forEach(change -> tracker.add(change.position(log), change.time()));
    return tracker.finish().get(0);
  }

  private static List<Long> resets(LogTrack track) {
    return PositionResets.of(track, (offset, time) -> 0).stream().map(Reset::offset).toList();
  }

  private static List<Change> rising(int count, long offset, long lsn, long time) {
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      changes.add(Change.streamed(offset + i, lsn + 10L * i, time + i));
    }

    return changes;
  }

  @Test
  void aLogThatRisesIsOneStretch() {
    assertThat(track("t", rising(1000, 0, 1, 1)).segments().size(), is(1));
    assertThat(resets(track("t", rising(1000, 0, 1, 1))), empty());
  }

  @Test
  void lowerPositionsAtLaterTimesAreAResetAtTheFirstOfThem() {
    List<Change> changes = rising(50, 0, 10_000, 1);
    changes.addAll(rising(50, 50, 10, 1000));
    assertThat(resets(track("t", changes)), contains(50L));
  }

  @Test
  void eachOfSeveralResetsIsFound() {
    List<Change> changes = rising(5, 0, 10_000, 1);
    changes.addAll(rising(5, 5, 500, 1000));
    changes.addAll(rising(5, 10, 100, 2000));
    assertThat(resets(track("t", changes)), contains(5L, 10L));
  }

  @Test
  void changesThatAreSentAgainAreNoResetWhateverTheirClocksSay() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      List<Change> log = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        log.add(Change.streamed(i, 100 + i, 1 + i + random.nextInt(5)));
      }

      int from = random.nextInt(40);
      for (int i = from; i < 40; i++) {
        log.add(Change.streamed(40 + i - from, log.get(i).lsn(), log.get(i).time()));
      }

      log.addAll(rising(20, 100, 1000, 1000));
      assertThat(resets(track("t", log)), empty());
    }
  }

  @Test
  void theOrderInWhichPartsOfALogAreSeenDoesNotMatter() {
    List<Change> changes = rising(60, 0, 10_000, 1);
    changes.addAll(rising(60, 60, 10, 1000));
    Random random = new Random(3);
    for (int round = 0; round < 100; round++) {
      List<Change> shuffled = new ArrayList<>(changes);
      Collections.shuffle(shuffled, random);
      int cut = random.nextInt(1, shuffled.size());
      LogTrack left = track("t", shuffled.subList(0, cut));
      LogTrack right = track("t", shuffled.subList(cut, shuffled.size()));
      assertThat(resets(right.join(left)).size() >= 1, is(true));
    }
  }

  @Test
  void aLogThatIsOutOfOrderHasNoResetsWhereClocksWereSetBack() {
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        long back = random.nextInt(20) == 0 ? random.nextInt(5_000_000) : 0;
        changes.add(Change.streamed(0, 10L * i, 1_000_000_000L + 500_000L * i - back));
      }

      for (int from = 0; from < changes.size(); from += 50) {
        Collections.shuffle(changes.subList(from, from + 50), random);
      }

      List<Change> log =
          new ArrayList<>(List.of(Change.streamed(0, 2, 2), Change.streamed(1, 1, 1)));
      for (Change change : changes) {
        log.add(Change.streamed(log.size(), change.lsn() + 10, change.time()));
      }

      assertThat(resets(track("t", log)), empty());
      log.addAll(rising(10, log.size(), 5, 2_000_000_000L));
      assertThat(resets(track("t", log)), contains(log.size() - 10L));
    }
  }

  @Test
  void linesOfAFileMayBeInAnyOrder() {
    List<Change> changes = rising(60, 0, 10_000, 1);
    Collections.shuffle(changes, new Random(5));
    List<Change> lines = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      lines.add(Change.streamed(i * 100L, changes.get(i).lsn(), changes.get(i).time()));
    }

    assertThat(resets(track("/data/a.jsonl", lines)), empty());
    List<Change> reset = rising(50, 0, 10_000, 1);
    reset.addAll(rising(50, 50, 10, 1000));
    assertThat(resets(track("/data/a.jsonl", reset)), contains(50L));
  }

  @Test
  void aTransactionThatWasOpenWhenTheSnapshotWasReadIsNoReset() {
    List<Change> changes =
        List.of(
            new Change(0, 500, -1, 10), Change.streamed(1, 480, 12), Change.streamed(2, 520, 13));
    assertThat(resets(track("t", changes)), empty());
  }

  @Test
  void aSnapshotAboveAllThatWasStreamedBeginsAGenerationByItself() {
    List<Change> changes = rising(3, 0, 100, 1);
    changes.add(new Change(3, 900, -1, 50));
    changes.add(new Change(4, 900, -1, 50));
    changes.add(Change.streamed(5, 910, 60));
    List<Reset> resets = PositionResets.of(track("t", changes), (offset, time) -> 0);
    assertThat(resets.stream().map(Reset::offset).toList(), contains(3L));
    assertThat(resets.get(0).isCertain(), is(true));
  }

  @Test
  void aLogThatWasMadeAnewIsToldByItsOffsets() {
    long hour = 3_600_000_000L;
    for (int count : List.of(1, 5, 10, 20)) {
      List<Change> changes = rising(10, 0, 10_000, 1);
      List<Change> anew = rising(count, 0, 10, hour);
      LogTrack old = track("t", changes);
      changes.addAll(anew);
      Collections.shuffle(changes, new Random(count));
      for (LogTrack track : List.of(track("t", changes), track("t", anew).join(old))) {
        List<Reset> resets = PositionResets.of(track, (offset, time) -> 0);
        assertThat(resets.stream().map(Reset::isAnew).toList(), contains(true));
        assertThat(resets.get(0).micros(), is(hour));
        assertThat(PositionResets.of(track, (offset, time) -> time < hour ? 0 : 1), empty());
      }
    }

    List<Change> goesOn = rising(10, 0, 10_000, 1);
    goesOn.addAll(rising(20, 0, 20_000, hour));
    assertThat(resets(track("t", goesOn)), empty());
  }

  @Test
  void aSnapshotIntoALogThatWasMadeAnewBeginsAGenerationByItself() {
    List<Change> changes = rising(10, 0, 10_000, 1);
    changes.add(new Change(0, 20_000, -1, 3_600_000_000L));
    List<Reset> resets = PositionResets.of(track("t", changes), (offset, time) -> 0);
    assertThat(resets.stream().map(Reset::isCertain).toList(), contains(true));
    assertThat(resets.get(0).isAnew(), is(true));
  }

  @Test
  void numbersOfAnotherServerBeginAGenerationByThemselves() {
    for (String other : List.of("", "a", "b")) {
      LogTracker tracker = new LogTracker();
      for (Change change : rising(5, 0, 10_000, 1)) {
        tracker.add(change.position("t"), change.time());
        tracker.server("a");
      }

      for (Change change : rising(5, 5, 500, 1000)) {
        tracker.add(change.position("t"), change.time());
        tracker.server(other);
      }

      List<Reset> resets = PositionResets.of(tracker.finish().get(0), (offset, time) -> 0);
      assertThat(resets.stream().map(Reset::offset).toList(), contains(5L));
      assertThat(resets.get(0).isCertain(), is(other.equals("b")));
    }
  }

  @Test
  void whatIsKnownToBeAnotherGenerationIsNoReset() {
    List<Change> changes = rising(5, 0, 10_000, 1);
    changes.addAll(rising(5, 5, 500, 1000));
    assertThat(
        PositionResets.of(track("t", changes), (offset, time) -> offset >= 5 ? 1 : 0), empty());
  }
}
