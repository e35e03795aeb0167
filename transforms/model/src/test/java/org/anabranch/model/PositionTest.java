package org.anabranch.model;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;

import org.junit.jupiter.api.Test;

class PositionTest {

  @Test
  void postgresChangeThatCommitsLaterIsNewerThoughItWasLoggedEarlier() {
    Position snapshotRow = postgres(20, 20);
    Position loggedAt10CommittedAt30 = postgres(30, 10);
    assertThat(loggedAt10CommittedAt30, is(greaterThan(snapshotRow)));
  }

  @Test
  void postgresChangesOfOneTransactionFollowTheirLsn() {
    assertThat(postgres(30, 11), is(greaterThan(postgres(30, 10))));
  }

  @Test
  void postgresChangeWithoutALastCommitRanksLowest() {
    assertThat(postgres(0, 900), is(lessThan(postgres(1, 5))));
  }

  @Test
  void mysqlLogFilesCompareAsNumbers() {
    assertThat(mysql(1_000_000, 4, 0), is(greaterThan(mysql(999_999, 900, 0))));
  }

  @Test
  void mysqlRowsOfOneEventFollowTheirRowNumber() {
    assertThat(mysql(3, 400, 10), is(greaterThan(mysql(3, 400, 9))));
    assertThat(mysql(3, 401, 0), is(greaterThan(mysql(3, 400, 9))));
  }

  @Test
  void whatASnapshotReadRanksBelowWhatFollowedTheSameCommit() {
    Position read = new Position("shop", 30, 900, -1, "topic", 0, 9);
    assertThat(read, is(lessThan(postgres(30, 10))));
    assertThat(read, is(greaterThan(postgres(29, 5000))));
  }

  @Test
  void aLaterGenerationRanksAboveAllNumbers() {
    assertThat(postgres(1, 1).in(1), is(greaterThan(postgres(900, 900))));
    assertThat(postgres(1, 1).in(0), is(postgres(1, 1)));
  }

  @Test
  void digitsInTheNamesOfLogsCompareAsNumbers() {
    assertThat(inLog("changes-10.jsonl"), is(greaterThan(inLog("changes-9.jsonl"))));
    assertThat(inLog("a-007"), is(lessThan(inLog("a-8"))));
    assertThat(inLog("a-7"), is(not(inLog("a-07"))));
    assertThat(inLog("a-7").compareTo(inLog("a-07")) != 0, is(true));
  }

  private static Position inLog(String log) {
    return new Position("", 0, 0, 0, log, 0, 0);
  }

  @Test
  void textHasTheTimeOfTheChange() {
    Position change = new Position("a|b%:c@d", 3, 4, -1, "x.y/z", 5, 6);
    for (long time : new long[] {0, 17, -5}) {
      String text = change.encode(time);
      assertThat(Position.decode(text), is(change));
      assertThat(Position.timeMicros(text), is(time));
    }

    assertThat(Position.timeMicros(inLog("f").encode(9)), is(0L));
  }

  @Test
  void coordinateInTheLogDecidesATie() {
    Position first = new Position("db", 1, 2, 0, "topic", 3, 9);
    assertThat(new Position("db", 1, 2, 0, "topic", 3, 10), is(greaterThan(first)));
    assertThat(new Position("db", 1, 2, 0, "topic", 4, 0), is(greaterThan(first)));
    assertThat(new Position("db", 1, 2, 0, "topic2", 0, 0), is(greaterThan(first)));
  }

  @Test
  void importedBaseRanksBelowEveryChange() {
    Position unnumbered = new Position("", 0, 0, 0, "", 0, 0);
    assertThat(Position.BASE, is(lessThan(unnumbered)));
    assertThat(Position.BASE, is(lessThan(postgres(0, 0))));
  }

  @Test
  void orderIsTotalAndAgreesWithEquals() {
    Generated.forSeeds(
        20_000,
        generated -> {
          Position a = generated.position();
          Position b = generated.position();
          Position c = generated.position();
          int order = a.compareTo(b);
          assertThat(Integer.signum(b.compareTo(a)), is(-Integer.signum(order)));
          assertThat(order == 0, is(a.equals(b)));
          if (order <= 0 && b.compareTo(c) <= 0) {
            assertThat(a.compareTo(c) <= 0, is(true));
          }
        });
  }

  @Test
  void changeDeliveredAgainUnderAnotherCoordinateIsTheSameChange() {
    Position first = new Position("db", 1, 2, 3, "topic", 0, 9);
    Position again = new Position("db", 1, 2, 3, "topic", 1, 4);
    assertThat(first.sameChange(again), is(true));
    assertThat(first, is(not(again)));
    assertThat(first.sameChange(new Position("db", 1, 2, 4, "topic", 0, 9)), is(false));
    assertThat(first.sameChange(new Position("db2", 1, 2, 3, "topic", 0, 9)), is(false));
  }

  @Test
  void changesWithoutACommitOrderAreTheSameOnlyAtTheSameCoordinate() {
    Position first = new Position("", 0, 0, 0, "file", 0, 100);
    assertThat(first.sameChange(new Position("", 0, 0, 0, "file", 0, 100)), is(true));
    assertThat(first.sameChange(new Position("", 0, 0, 0, "file", 0, 200)), is(false));
    assertThat(first.sameChange(Position.BASE), is(false));
  }

  @Test
  void textNamesTheSourceAndItsNumbersOrElseTheCoordinate() {
    assertThat(postgres(30, 10).toString(), is("shop@30.10"));
    assertThat(mysql(3, 400, 2).toString(), is("shop@3.400.2"));
    assertThat(new Position("", 0, 0, 0, "file", 0, 100).toString(), is("file/0/100"));
  }

  private static Position postgres(long lastCommit, long lsn) {
    return new Position("shop", lastCommit, lsn, 0, "topic", 0, 0);
  }

  private static Position mysql(long file, long place, long row) {
    return new Position("shop", file, place, row, "topic", 0, 0);
  }
}
