package org.anabranch.lake;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.anabranch.lake.Storage.Entry;
import org.anabranch.lake.Storage.Hold;
import org.anabranch.lake.Storage.Lock;
import org.anabranch.lake.Storage.LockTimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a lake relies on wherever its files are. */
class LocalStorageTest {

  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir private Path directory;
  private Storage storage = Storage.at("");

  @BeforeEach
  void open() throws IOException {
    directory = directory.toRealPath();
    storage = Storage.at(directory.toString());
    storage.makeDirectory("a/b", Durability.POWER_CUT);
  }

  private void write(String name, String text) throws IOException {
    try (OutputStream file = storage.create(name)) {
      file.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void namesAreRelativeToTheRootOrLocations() throws IOException {
    write("a/x", "1");

    assertThat(storage.location("a/x"), is(directory + "/a/x"));
    assertThat(storage.location(""), is(directory.toString()));
    assertThat(storage.read(directory + "/a/x"), is("1"));
    assertThat(storage.read(directory.resolve("a/x").toUri().toString()), is("1"));
    assertThat(Storage.at(directory + "/a").read("x"), is("1"));
  }

  @Test
  void aFileIsCreatedOnce() throws IOException {
    write("a/x", "1");

    assertThrows(IOException.class, () -> storage.create("a/x"));
    assertThat(storage.read("a/x"), is("1"));
  }

  @Test
  void aFileIsReplacedAndNothingElseIsLeft() throws IOException {
    storage.replace("a/x", "1");
    storage.replace("a/x", "2");

    assertThat(storage.read("a/x"), is("2"));
    assertThat(
        storage.list("a").stream().map(Entry::name).toList(), containsInAnyOrder("a/x", "a/b"));
  }

  @Test
  void whatIsMissingIsFoundMissing() throws IOException {
    assertThat(storage.find("a/x"), is(nullValue()));
    assertThat(storage.readIfThere("a/x"), is(nullValue()));
    assertThat(storage.exists("a/x"), is(false));
    assertThat(storage.delete("a/x"), is(false));
    assertThat(storage.deleteFile("a/x"), is(false));
    assertThat(storage.list("c"), empty());
    assertThat(storage.files("c"), empty());
    assertThat(storage.hold("a/x"), is(nullValue()));
    assertThat(storage.makeOrHold("c/x"), is(nullValue()));
    assertThat(storage.isSame("a/x", "a/x"), is(false));
    assertThrows(IOException.class, () -> storage.read("a/x"));
    assertThrows(IOException.class, () -> storage.realLocation("a/x"));
  }

  @Test
  void linksAreNeitherFollowedNorDeletedAsFiles() throws IOException {
    write("a/x", "123");
    Files.createSymbolicLink(directory.resolve("a/link"), directory.resolve("a/x"));
    Files.createSymbolicLink(directory.resolve("a/b/up"), directory.resolve("a"));

    assertThat(
        storage.files("a").stream().filter(Entry::isFile).map(Entry::name).toList(),
        containsInAnyOrder("a/x"));
    assertThat(
        storage.files("a").stream().map(Entry::name).toList(),
        containsInAnyOrder("a/x", "a/link", "a/b/up"));
    assertThat(storage.deleteFile("a/link"), is(false));
    assertThat(Objects.requireNonNull(storage.find("a/link")).bytes(), is(3L));
    assertThat(storage.isSame("a/link", "a/x"), is(true));
    storage.deleteAll("a/b");
    assertThat(storage.exists("a/b"), is(false));
    assertThat(storage.read("a/x"), is("123"));
  }

  @Test
  void onlyEmptyDirectoriesAreDeleted() throws IOException {
    storage.makeDirectory("a/c/d", Durability.PROCESS);
    write("a/b/x", "");

    storage.deleteEmpty("a");

    assertThat(storage.exists("a/c"), is(false));
    assertThat(storage.exists("a/b/x"), is(true));
  }

  @Test
  void whoHoldsAFileHoldsItAlone() throws IOException {
    Hold hold = storage.makeHeld("a/run", "alive", "a/.run");

    assertThat(storage.hold("a/run/alive"), is(nullValue()));
    assertThat(storage.makeOrHold("a/run/alive"), is(nullValue()));
    assertThat(storage.exists("a/.run"), is(false));
    hold.close();
    Hold next = storage.hold("a/run/alive");
    assertThat(next, is(notNullValue()));
    Objects.requireNonNull(next).close();
  }

  @Test
  void aLockIsTheThreadsThatTookItAndWaitsForSoLong() throws Exception {
    Lock lock = storage.lock("locks/one", SHORT);
    storage.lock("locks/one", SHORT).close();
    CompletableFuture.runAsync(
            () ->
                assertThrows(
                    LockTimeoutException.class, () -> storage.lock("locks/one", SHORT).close()))
        .get();

    lock.close();
    CompletableFuture.supplyAsync(this::canLock).get();
  }

  private boolean canLock() {
    try {
      storage.lock("locks/one", SHORT).close();
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
