package org.anabranch.lake;

import static org.anabranch.lake.TestLake.BUCKETS;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files get their permissions without a process for each. */
class LocalFileSystemTest {

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"0644, rw-r--r--", "0755, rwxr-xr-x", "0600, rw-------", "0421, r---w---x"})
  void permissionsAreThoseAskedFor(String asked, String expected) throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    try (LocalFileSystem files = new LocalFileSystem()) {
      files.initialize(directory.toUri(), new Configuration(false));
      files.setPermission(new org.apache.hadoop.fs.Path(file.toUri()), new FsPermission(asked));
    }

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), is(expected));
  }

  @Test
  void theStickyBitIsSetToo() throws IOException {
    Path shared = Files.createDirectory(directory.resolve("shared"));
    try (LocalFileSystem files = new LocalFileSystem()) {
      files.initialize(directory.toUri(), new Configuration(false));
      files.setPermission(new org.apache.hadoop.fs.Path(shared.toUri()), new FsPermission("1777"));
    }

    assertThat((int) Files.getAttribute(shared, "unix:mode") & 07777, is(01777));
  }

  @Test
  void aCommitStartsNoProcess() throws IOException {
    Path events = directory.resolve("events.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.ProcessStart");
      recording.start();
      try (Lake lake = Lake.at(LakeConfig.at(directory.resolve("warehouse")));
          LakeRun run = lake.startRun(BUCKETS)) {
        run.commit(TestLake.adding(lake, run, "orders", 0, "name", 1));
      }

      recording.stop();
      recording.dump(events);
    }

    List<String> started =
        RecordingFile.readAllEvents(events).stream()
            .map(LocalFileSystemTest::command)
            .filter(command -> command.startsWith("chmod"))
            .toList();
    assertThat(started, is(empty()));
  }

  private static String command(RecordedEvent event) {
    return event.hasField("command") ? event.getString("command") : "";
  }
}
