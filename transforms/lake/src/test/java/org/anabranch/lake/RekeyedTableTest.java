package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.anabranch.lake.TestLake.added;
import static org.anabranch.lake.TestLake.data;
import static org.anabranch.lake.TestLake.report;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.anabranch.model.ByteReader;
import org.anabranch.model.KeyWriter;
import org.anabranch.model.Values;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A table that is by {@code id} and gets the key {@code name}; one of keys of the form before. */
class RekeyedTableTest {

  private static final String TABLE = "orders";
  private static final List<String> NAME = List.of("name");

  @TempDir private Path warehouse;
  private Lake lake;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.at(warehouse);
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(
          report(
              TABLE,
              added(TABLE, 0, data(lake, run, TABLE, 0, "b", 1)),
              added(TABLE, 1, data(lake, run, TABLE, 1, "a", 2))));
    }
  }

  /** What becomes of a bucket under the new key; without a name it is empty. */
  private WrittenFile replaced(LakeRun run, int bucket, String name, long... ids)
      throws IOException {
    WrittenFile file =
        name.isEmpty()
            ? TestLake.written(TABLE, bucket, List.of(), List.of(), true)
            : TestLake.replacing(TABLE, bucket, data(lake, run, TABLE, bucket, name, ids));
    FileContent content = FileContent.fromJson(file.content());
    FileContent rekeyed =
        new FileContent(
            content.data(),
            content.deletes(),
            content.removes(),
            true,
            true,
            content.kept(),
            TableState.KEY_FORM,
            NAME);
    return new WrittenFile(TABLE, bucket, rekeyed.toJson(), file.rows(), file.bytes());
  }

  private static int bucket(String name) {
    KeyWriter key = new KeyWriter();
    key.add(new ByteReader(Values.encode(name)));
    return key.bucket(BUCKETS);
  }

  private void rekey() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      List<WrittenFile> files = new ArrayList<>();
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        String name = bucket("a") == bucket ? "a" : bucket("c") == bucket ? "c" : "";
        files.add(replaced(run, bucket, name, name.equals("a") ? 2 : 1));
      }

      run.commit(report(TABLE, files.toArray(new WrittenFile[0])));
    }
  }

  @Test
  void allOfItIsByTheNewKeyInOneCommit() throws IOException {
    rekey();
    LakeTable table = lake.table(TABLE);
    assertThat(table.key(), is(NAME));
    assertThat(TestLake.rows(table), contains("2=a", "1=c"));
  }

  @Test
  void aBucketThatIsNotReplacedIsRefused() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      WrittenFile some = replaced(run, 0, "b", 1);
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> run.commit(report(TABLE, some)));
      assertThat(e.getMessage(), containsString("gets another key, so that all its buckets"));
    }

    assertThat(lake.table(TABLE).key(), is(TestLake.KEY));
  }

  @Test
  void whatWasPublishedUnderOldKeysIsDeletedThere() throws IOException {
    try (Publication publication = Publication.begin(lake, TABLE, "topic")) {
      publication.done();
    }

    rekey();
    List<String> told = new ArrayList<>();
    try (Publication publication = Publication.begin(lake, TABLE, "topic")) {
      TableChanges changes = Objects.requireNonNull(publication.changes());
      assertThat(changes.keyChange(), is("it was id and is name"));
      for (int bucket : changes.numbers()) {
        changes.read(
            bucket,
            new TableChanges.Receiver() {
              @Override
              public void upsert(LakeRows row) {
                told.add("+" + row.row());
              }

              @Override
              public void delete(LakeRows row) {
                told.add("-" + row.row());
              }
            });
      }
    }

    assertThat(told, containsInAnyOrder("-[2, a]", "+[2, a]", "-[1, b]", "+[1, c]"));
  }

  @Test
  void aTableOfKeysOfTheFormBeforeIsReadWhateverOrderItsFilesAreIn() throws IOException {
    try (LakeRun run = lake.startRun(BUCKETS)) {
      run.commit(report(TABLE, added(TABLE, 0, data(lake, run, TABLE, 0, "x", 7, 5))));
    }

    assertThrows(IllegalStateException.class, () -> TestLake.rows(lake, TABLE));
    try (Stream<Path> states =
        Files.list(Path.of(lake.config().location(TABLE), States.DIRECTORY))) {
      for (Path state : states.toList()) {
        String json = Files.readString(state);
        Files.writeString(state, json.replace("\"keyForm\":2", "\"keyForm\":1"));
      }
    }

    lake = TestLake.at(warehouse);
    assertThat(TestLake.rows(lake, TABLE), contains("1=b", "2=a", "5=x", "7=x"));
    assertThat(lake.look().hasOldKeys(TABLE), is(true));
  }
}
