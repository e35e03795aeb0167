package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.data;
import static org.anabranch.lake.TestLake.replacing;
import static org.anabranch.lake.TestLake.report;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What differs between the version that was published last and the current one. */
class PublicationTest {

  private static final String TABLE = "orders";

  @TempDir private Path warehouse;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.at(warehouse);
  }

  private void replace(int bucket, String name, long... ids) throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(
          report(TABLE, replacing(TABLE, bucket, data(lake, run, TABLE, bucket, name, ids))));
    }
  }

  /** Publishes what has changed; {@code +ID=NAME} for a row, {@code -ID} for one that is gone. */
  private List<String> publish() throws IOException {
    List<String> told = new ArrayList<>();
    try (Publication publication = Publication.begin(lake, TABLE, "topic")) {
      TableChanges changes = publication.changes();
      if (changes != null) {
        tell(changes, told);
      }

      publication.done();
    }

    return told;
  }

  private static void tell(TableChanges changes, List<String> told) throws IOException {
    for (int bucket : changes.numbers()) {
      changes.read(
          bucket,
          new TableChanges.Receiver() {
            @Override
            public void upsert(LakeRows row) {
              told.add("+" + row.row().get(0) + "=" + row.row().get(1));
            }

            @Override
            public void delete(LakeRows row) {
              told.add("-" + row.row().get(0));
            }
          });
    }
  }

  @Test
  void firstAllRowsThenOnlyThoseThatAreOther() throws IOException {
    replace(0, "a", 1, 2, 5);
    replace(1, "a", 3, 4);
    assertThat(publish(), contains("+1=a", "+2=a", "+5=a", "+3=a", "+4=a"));

    replace(0, "a", 1, 5, 9);
    replace(1, "b", 3, 4);
    replace(1, "c", 3);
    assertThat(publish(), contains("-2", "+9=a", "+3=c", "-4"));
    assertThat(publish(), is(empty()));
  }

  @Test
  void filesThatAreWrittenAnewTellNothing() throws IOException {
    replace(0, "a", 1, 2);
    publish();
    replace(0, "a", 1, 2);

    assertThat(publish(), is(empty()));
  }

  @Test
  void whatWasPublishedToATopicThatIsGoneIsPublishedAgain() throws IOException {
    replace(0, "a", 1, 2);
    publish();
    for (int time = 0; time < 2; time++) {
      try (Publication publication = Publication.begin(lake, TABLE, "topic")) {
        publication.forget();
      }
    }

    assertThat(publish(), contains("+1=a", "+2=a"));
  }

  @Test
  void whoDiesBeforeTheEndPublishesAgain() throws IOException {
    replace(0, "a", 1);
    publish();
    replace(0, "b", 1, 2);
    try (Publication publication = Publication.begin(lake, TABLE, "topic")) {
      tell(Objects.requireNonNull(publication.changes()), new ArrayList<>());
    }

    replace(0, "c", 1);
    assertThat(publish(), contains("+1=c"));
  }

  @Test
  void whatIsCommittedMeanwhileIsForTheNextTime() throws IOException {
    replace(0, "a", 1);
    List<String> told = new ArrayList<>();
    try (Publication publication = Publication.begin(lake, TABLE, "topic")) {
      replace(0, "b", 1, 2);
      tell(Objects.requireNonNull(publication.changes()), told);
      publication.done();
    }

    assertThat(told, contains("+1=a"));
    assertThat(publish(), contains("+1=b", "+2=b"));
  }

  @Test
  void thePublishedVersionStaysHoweverOldItIs() throws IOException {
    replace(0, "a", 1, 2);
    publish();
    replace(0, "b", 1);
    replace(0, "c", 1);
    lake.compact(new UpkeepSettings(1, Duration.ZERO));

    assertThat(publish(), contains("+1=c", "-2"));
    try (Publication publication = Publication.begin(lake, TABLE, "other")) {
      assertThat(publication.changes(), is(notNullValue()));
    }

    try (Publication publication = Publication.begin(lake, TABLE, "topic")) {
      assertThat(publication.changes(), is(nullValue()));
    }
  }

  @Test
  void aTableThatIsNotThereIsNamed() {
    IllegalArgumentException missing =
        assertThrows(IllegalArgumentException.class, () -> Publication.check(lake, "nope"));

    assertThat(missing.getMessage(), containsString("no table 'nope'"));
  }
}
