package org.anabranch.testdata;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.anabranch.testdata.ReferenceJobGenerator.Generated;
import org.anabranch.testdata.ReferenceJobGenerator.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceJobGeneratorTest {

  private static final Path SQL = Path.of("bench", "sql");
  private static final Pattern SEQUENCE =
      Pattern.compile("\"sequence\":\"\\[\\\\\"(\\d+)\\\\\",\\\\\"(\\d+)\\\\\"]\"");

  @TempDir Path directory;

  @Test
  void sameOptionsGiveTheSameBytes() throws IOException {
    Path one = directory.resolve("one");
    Path two = directory.resolve("two");
    Generated first = ReferenceJobGenerator.generate(withSeed(one, 5));
    Generated second = ReferenceJobGenerator.generate(withSeed(two, 5));

    assertThat(first, is(second));
    assertThat(files(one), is(files(two)));
    for (String file : files(one)) {
      assertThat(file, Files.mismatch(one.resolve(file), two.resolve(file)), is(-1L));
    }
  }

  @Test
  void anotherSeedGivesOtherRowsAndChanges() throws IOException {
    Path one = directory.resolve("one");
    Path two = directory.resolve("two");
    ReferenceJobGenerator.generate(withSeed(one, 5));
    ReferenceJobGenerator.generate(withSeed(two, 6));

    assertThat(lines(one, "snapshot"), is(not(lines(two, "snapshot"))));
    assertThat(lines(one, "changes"), is(not(lines(two, "changes"))));
  }

  @Test
  void countsWhatItWrites() throws IOException {
    Generated counted = ReferenceJobGenerator.generate(withSeed(directory, 5));
    List<String> snapshot = lines(directory, "snapshot");
    List<String> changes = lines(directory, "changes");

    assertThat(counted.customers(), is(2_000L));
    assertThat(counted.changes(), is(20_000L));
    assertThat(snapshot.size(), is(2_000));
    assertThat(changes.size() - counted.deletes(), is(20_000L));
    assertThat(having(snapshot, "\"op\":\"r\""), is(2_000L));
    assertThat(having(changes, "\"op\":\"u\""), is(counted.updates()));
    assertThat(having(changes, "\"op\":\"d\""), is(counted.deletes()));
    assertThat(having(changes, "\"op\":\"c\""), is(counted.inserts() + counted.reinserts()));
    assertThat(counted.snapshotBytes() + counted.changesBytes(), is(bytes(directory)));
    assertThat(
        Files.readString(directory.resolve("manifest.json")), containsString("\"changes\": 20000"));
  }

  @Test
  void changesAreSharedOutAsDocumented() throws IOException {
    Generated counted = ReferenceJobGenerator.generate(withSeed(directory, 5));

    assertIsAbout(counted.updates(), 0.7 * 20_000);
    assertIsAbout(counted.inserts(), 0.2 * 20_000);
    assertIsAbout(counted.deletes(), 0.08 * 20_000);
    assertIsAbout(counted.reinserts(), 0.02 * 20_000);
    assertIsAbout(having(lines(directory, "changes"), "\"table\":\"orders\""), 0.4 * 20_000);
  }

  @Test
  void changesComeInCommitOrder() throws IOException {
    ReferenceJobGenerator.generate(withSeed(directory, 5));
    long commit = 0;
    long lsn = 0;
    for (String line : lines(directory, "changes")) {
      Matcher sequence = SEQUENCE.matcher(line);
      if (!sequence.find()) {
        assertThat(line, endsWith("\"value\":null}"));
        continue;
      }

      assertThat(line, Long.parseLong(sequence.group(1)) >= commit);
      assertThat(line, Long.parseLong(sequence.group(2)) > lsn);
      commit = Long.parseLong(sequence.group(1));
      lsn = Long.parseLong(sequence.group(2));
      assertThat(line, lsn > commit);
    }
  }

  @Test
  void aTombstoneFollowsEachDelete() throws IOException {
    ReferenceJobGenerator.generate(withSeed(directory, 5));
    List<String> changes = lines(directory, "changes");
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i).contains("\"op\":\"d\"")) {
        String key = changes.get(i).substring(0, changes.get(i).indexOf(",\"value\""));
        assertThat(changes.get(i + 1), is(key + ",\"value\":null}"));
      }
    }
  }

  @Test
  void aBeforeImageIsTheAfterImageOfTheChangeBefore() throws IOException {
    ReferenceJobGenerator.generate(withSeed(directory, 5));
    Set<String> afterImages = new HashSet<>();
    List<String> lines = new ArrayList<>(lines(directory, "snapshot"));
    lines.addAll(lines(directory, "changes"));
    for (String line : lines) {
      if (line.endsWith("\"value\":null}")) {
        continue;
      }

      int after = line.indexOf(",\"after\":");
      String before = line.substring(line.indexOf("\"before\":") + 9, after);
      assertThat(line, before.equals("null") || afterImages.remove(before));
      afterImages.add(line.substring(after + 9, line.indexOf(",\"source\":")));
    }
  }

  @Test
  void theOracleFindsTheRowsThatMustBeLeft() throws Exception {
    Path work = directory.resolve("work");
    Generated counted = ReferenceJobGenerator.generate(withSeed(directory, 5));
    long left = counted.customers() + counted.inserts() + counted.reinserts() - counted.deletes();

    try (ReferenceJobCheck check = ReferenceJobCheck.in(SQL, work)) {
      assertThat(check.expect(directory), is(20_000L));
    }

    long customers = expectedRows(work, "customers");
    long orders = expectedRows(work, "orders");
    assertThat(customers + orders, is(left));
  }

  @Test
  void theCheckFindsWhatDiffers() throws Exception {
    Path work = directory.resolve("work");
    ReferenceJobGenerator.generate(withSeed(directory, 5));
    try (ReferenceJobCheck check = ReferenceJobCheck.in(SQL, work)) {
      check.expect(directory);
    }

    String orders = work.resolve("expected").resolve("orders.parquet").toString();
    try (ReferenceJobCheck check = ReferenceJobCheck.in(SQL, work)) {
      ReferenceJobCheck.Difference twice = check.compare("orders", List.of(orders, orders));
      assertThat(twice.isNone(), is(false));
      assertThat(twice.missing(), is(0L));
      assertThat(twice.unexpected(), is(twice.expected()));
    }
  }

  @Test
  void doesNotMixWithFilesOfAnotherRun() throws IOException {
    ReferenceJobGenerator.generate(withSeed(directory, 5));

    assertThrows(IOException.class, () -> ReferenceJobGenerator.generate(withSeed(directory, 5)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--output=x --customers=0",
        "--output=x --changes=1000000001",
        "--output=x --files=1001",
        "--output=x --scale=1"
      })
  void aWrongCallIsToldInOneLine(String line) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        ReferenceJobGenerator.run(
            line.isEmpty() ? new String[0] : line.split(" "),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));

    assertThat(exit, is(2));
    assertThat(err.toString(StandardCharsets.UTF_8).lines().count(), is(1L));
  }

  @Test
  void everyOptionIsRead() throws IOException {
    Path given = directory.resolve("given");
    Path same = directory.resolve("same");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String[] arguments = {
      "--output=" + given, "--customers=30", "--changes=70", "--seed=-9000000000", "--files=2"
    };
    int exit =
        ReferenceJobGenerator.run(
            arguments,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    Generated expected =
        ReferenceJobGenerator.generate(new Options(same, 30, 70, -9_000_000_000L, 2));

    assertThat(exit, is(0));
    assertThat(out.toString(StandardCharsets.UTF_8), is(expected.toJson()));
    assertThat(files(given), is(files(same)));
    assertThat(lines(given, "changes"), is(lines(same, "changes")));
  }

  private static Options withSeed(Path output, long seed) {
    return new Options(output, 2_000, 20_000, seed, 3);
  }

  private static long expectedRows(Path work, String table) throws Exception {
    String file = work.resolve("expected").resolve(table + ".parquet").toString();
    try (ReferenceJobCheck check = ReferenceJobCheck.in(SQL, work)) {
      ReferenceJobCheck.Difference difference = check.compare(table, List.of(file));
      assertThat(difference.toString(), difference.isNone());
      return difference.expected();
    }
  }

  private static void assertIsAbout(long actual, double expected) {
    double tolerance = 0.1 * expected;
    assertThat(actual + " of " + expected, Math.abs(actual - expected) <= tolerance, is(true));
  }

  private static long having(List<String> lines, String text) {
    return lines.stream().filter(line -> line.contains(text)).count();
  }

  private static List<String> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private static List<String> lines(Path directory, String part) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String file : files(directory.resolve(part))) {
      lines.addAll(Files.readAllLines(directory.resolve(part).resolve(file)));
    }

    return lines;
  }

  private static long bytes(Path directory) throws IOException {
    long bytes = 0;
    for (String file : files(directory)) {
      bytes += file.endsWith(".jsonl") ? Files.size(directory.resolve(file)) : 0;
    }

    return bytes;
  }
}
