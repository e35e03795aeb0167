package org.anabranch.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.anabranch.launcher.ProgramCall;
import org.anabranch.model.Stable;

/**
 * A warehouse in a temporary directory, which is removed in the end. Runs pipelines as the command
 * line does, within the test's process: the Direct runner must be on the class path, or the one
 * that {@code --runner} names.
 *
 * <pre>{@code
 * try (TemporaryLake lake = TemporaryLake.create()) {
 *   lake.run("revenue", List.of(ChangeEvents.upsert("orders", 1, "{\"id\":1}", "{...}")));
 *   lake.assertRows("revenue", "{\"country\":\"DE\",\"revenue\":5}");
 * }
 * }</pre>
 */
@Stable
public final class TemporaryLake implements AutoCloseable {

  private final Path directory;
  private int inputs;

  private TemporaryLake(Path directory) {
    this.directory = directory;
  }

  /** An empty one. */
  public static TemporaryLake create() {
    try {
      return new TemporaryLake(Files.createTempDirectory("anabranch-lake-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where its tables are. */
  public Path warehouse() {
    return directory.resolve("warehouse");
  }

  /**
   * Runs a pipeline over some lines, see {@link ChangeEvents}.
   *
   * @param pipeline its name on the command line
   * @param lines of an input file
   * @param options more of the call, such as {@code --buckets=1}
   * @throws AssertionError where the run ends otherwise than well, with what it said
   */
  public void run(String pipeline, List<String> lines, String... options) {
    inputs++;
    Path input = directory.resolve("input-" + inputs + ".jsonl");
    try {
      Files.write(input, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    runFiles(pipeline, input.toString(), options);
  }

  /**
   * Runs a pipeline over files.
   *
   * @param glob of the files
   */
  public void runFiles(String pipeline, String glob, String... options) {
    List<String> arguments = new ArrayList<>(List.of("run", pipeline, "--input=" + glob));
    arguments.addAll(Arrays.asList(options));
    if (arguments.stream().noneMatch(option -> option.startsWith("--durability="))) {
      // Nothing here has to survive a power cut.
      arguments.add("--durability=process");
    }

    call(arguments);
  }

  /** The current rows of a table as JSON, ordered by key. */
  public List<String> rows(String table) {
    return call(List.of("show", table, "--as=jsonl")).lines().toList();
  }

  /**
   * Requires that a table has these rows and no others.
   *
   * @param rows JSON without spaces, columns in the table's order, rows ordered by key
   */
  public void assertRows(String table, String... rows) {
    List<String> found = rows(table);
    List<String> expected = Arrays.asList(rows);
    if (!found.equals(expected)) {
      throw new AssertionError(
          "table '%s' must have the rows%n  %s%nbut has%n  %s"
              .formatted(table, String.join("\n  ", expected), String.join("\n  ", found)));
    }
  }

  private String call(List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.add("--warehouse=" + warehouse());
    ProgramCall call = ProgramCall.of(directory, all);
    if (call.code() != 0) {
      throw new AssertionError(
          "%s ended with %d:%n%s".formatted(String.join(" ", all), call.code(), call.err()));
    }

    return call.out();
  }

  /** Removes all of it. */
  @Override
  public void close() {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
