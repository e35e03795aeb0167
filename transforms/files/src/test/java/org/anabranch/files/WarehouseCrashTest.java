package org.anabranch.files;

import static org.anabranch.files.Rows.row;
import static org.anabranch.files.Rows.schema;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.anabranch.files.Warehouse.Run;
import org.anabranch.files.Warehouse.TableCommit;
import org.anabranch.model.Schema;
import org.anabranch.transforms.merge.TableStore.WrittenFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WarehouseCrashTest {

  private static final Schema SCHEMA = schema("id", "bigint", "name", "string");
  private static final int KILLED = 42;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void aRunThatFailsLeavesTheOldTable(PublishStep step) throws IOException {
    publish(directory, "old", none -> {});

    assertThrows(
        IllegalStateException.class,
        () ->
            publish(
                directory,
                "new",
                done -> {
                  if (done == step) {
                    throw new IllegalStateException("failed behind " + step);
                  }
                }));

    boolean visible = step == PublishStep.LINKED;
    assertTable(visible ? "new" : "old", visible ? 2 : 1);
    assertRecovers(visible ? 3 : 2);
  }

  @ParameterizedTest
  @EnumSource(names = {"DESCRIBED", "LINK_MADE"})
  void aProcessThatIsKilledLeavesTheOldTable(PublishStep step) throws Exception {
    publish(directory, "old", none -> {});

    assertThat(child(step.name()).waitFor(), equalTo(KILLED));

    assertTable("old", 1);
    assertRecovers(2);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LINKED")
  void aFirstVersionThatFailsIsNoTable(PublishStep step) throws IOException {
    assertThrows(
        IllegalStateException.class,
        () ->
            publish(
                directory,
                "new",
                done -> {
                  if (done == step) {
                    throw new IllegalStateException("failed behind " + step);
                  }
                }));

    assertThat(Warehouse.at(directory).tables(), empty());
    assertRecovers(1);
  }

  @Test
  void aRunOfAnotherProcessIsNamed() throws Exception {
    Process child = child("HOLD");
    try (BufferedReader output = child.inputReader()) {
      assertThat(output.readLine(), startsWith("holding "));

      IllegalStateException refused =
          assertThrows(IllegalStateException.class, () -> Warehouse.at(directory).startRun());
      assertThat(
          refused.getMessage(),
          allOf(
              containsString("another run is writing this warehouse"),
              containsString("process " + child.pid() + " since ")));
    } finally {
      child.destroyForcibly().waitFor();
    }

    publish(directory, "new", none -> {});
    assertTable("new", 1);
  }

  /** The next run removes what is left, and only that. */
  private void assertRecovers(long version) throws IOException {
    publish(directory, "newer", none -> {});
    assertTable("newer", version);
    Warehouse.at(directory).startRun(1).close();

    Path state = directory.resolve(".anabranch");
    assertThat(names(state), contains("lock", "owner", "staging", "tables"));
    assertThat(names(state.resolve("staging")), empty());
    assertThat(names(state.resolve("tables/t")), contains(String.format("v%06d", version)));
    assertThat(names(directory.resolve("t")).size(), equalTo(3));
    assertTable("newer", version);
  }

  private void assertTable(String name, long version) throws IOException {
    Warehouse.TableVersion table = Warehouse.at(directory).table("t");
    assertThat(table.version(), equalTo(version));
    try (TableRows rows = table.openRows()) {
      assertThat(Rows.read(rows), contains(row(1L, name), row(2L, name)));
    }
  }

  private static List<String> names(Path parent) throws IOException {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  private static void publish(Path directory, String name, Consumer<PublishStep> done)
      throws IOException {
    try (Run run = Warehouse.at(directory, done).startRun()) {
      ParquetStore store = ParquetStore.into(run.staging().toString());
      List<WrittenFile> files =
          List.of(
              Rows.write(store, "t", 0, SCHEMA, List.of(row(1L, name))),
              Rows.write(store, "t", 1, SCHEMA, List.of(row(2L, name))));
      Rows.write(store, "t", 1, SCHEMA, List.of(row(2L, "of a repeated bundle")));
      run.publish(new TableCommit("t", List.of("id"), SCHEMA, files, ""));
    }
  }

  private Process child(String step) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Child.class.getName(),
            directory.toString(),
            step)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** A process that dies behind a step, without a chance to clean up. */
  static final class Child {

    private Child() {}

    public static void main(String[] arguments) throws Exception {
      Path directory = Path.of(arguments[0]);
      if (arguments[1].equals("HOLD")) {
        try (Run run = Warehouse.at(directory).startRun()) {
          // A second attempt of the same process must not cost it the lock.
          assertThrows(IllegalStateException.class, () -> Warehouse.at(directory).startRun());
          System.out.println("holding " + run.staging().getParent().getParent());
          Thread.sleep(60_000);
        }
      }

      PublishStep step = PublishStep.valueOf(arguments[1]);
      publish(
          directory,
          "new",
          done -> {
            if (done == step) {
              Runtime.getRuntime().halt(KILLED);
            }
          });
    }
  }
}
