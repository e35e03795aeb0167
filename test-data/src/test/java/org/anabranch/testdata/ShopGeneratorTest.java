package org.anabranch.testdata;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.lessThan;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.anabranch.testdata.ShopGenerator.Generated;
import org.anabranch.testdata.ShopGenerator.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopGeneratorTest {

  private static final Path SHIPPED = Path.of("customer-360");
  private static final long LARGEST_SHIPPED_BYTES = 5_000_000;

  @TempDir Path directory;

  @Test
  void sameOptionsGiveTheSameBytes() throws IOException {
    Path one = directory.resolve("one");
    Path two = directory.resolve("two");
    Generated first = ShopGenerator.generate(withSeed(one, 5));
    Generated second = ShopGenerator.generate(withSeed(two, 5));

    assertThat(first, is(second));
    assertThat(fileNames(one), is(fileNames(two)));
    for (String name : fileNames(one)) {
      assertThat(name, Files.mismatch(one.resolve(name), two.resolve(name)), is(-1L));
    }
  }

  @Test
  void anotherSeedGivesAnotherShop() throws IOException {
    Path one = directory.resolve("one");
    Path two = directory.resolve("two");
    ShopGenerator.generate(withSeed(one, 5));
    ShopGenerator.generate(withSeed(two, 6));

    assertThat(linesByFile(one), is(not(linesByFile(two))));
  }

  // Compares lines, not bytes: another compression library may pack the same lines differently.
  @Test
  void shippedDataIsWhatTheDocumentedCommandMakes() throws IOException {
    List<String> arguments = new ArrayList<>(documentedArguments());
    arguments.replaceAll(
        argument -> argument.startsWith("--output=") ? "--output=" + directory : argument);
    ShopGenerator.generate(CommandLine.parse(arguments.toArray(String[]::new)));

    SortedMap<String, List<String>> expected = linesByFile(directory);
    SortedMap<String, List<String>> shipped = linesByFile(SHIPPED);
    assertThat(shipped.keySet(), is(expected.keySet()));
    expected.forEach((name, lines) -> assertThat(name, shipped.get(name).equals(lines)));
    assertThat(
        Files.readString(SHIPPED.resolve("manifest.json")),
        is(Files.readString(directory.resolve("manifest.json"))));
  }

  @Test
  void shippedDataStaysSmall() throws IOException {
    long bytes = 0;
    for (String name : fileNames(SHIPPED)) {
      bytes += Files.size(SHIPPED.resolve(name));
    }

    assertThat(bytes, is(lessThan(LARGEST_SHIPPED_BYTES)));
  }

  @Test
  void linesAreInLogOrderWithoutDisorder() throws Exception {
    ShopGenerator.generate(new Options(directory, 200, 1, 3, 1, 0.05, 0, 0));
    SortedMap<String, Long> next = new TreeMap<>();
    for (String line : linesByFile(directory).get("changes-00.jsonl.gz")) {
      String partition = line.substring(0, line.indexOf(",\"offset\""));
      String offset = line.substring(partition.length() + ",\"offset\":".length());
      long number = Long.parseLong(offset.substring(0, offset.indexOf(',')));
      long expected = next.getOrDefault(partition, 0L);
      assertThat(line, number <= expected);
      next.put(partition, Math.max(expected, number + 1));
    }

    assertThat(next.size(), is(7));
  }

  @Test
  void countsWhatItWrites() throws Exception {
    Path calm = directory.resolve("calm");
    Path rough = directory.resolve("rough");
    Generated plain = ShopGenerator.generate(new Options(calm, 300, 1, 21, 3, 0, 0, 0));
    Generated counted = ShopGenerator.generate(new Options(rough, 300, 1, 21, 3, 0.2, 0.2, 800));

    long broken = counted.broken().values().stream().mapToLong(Long::longValue).sum();
    assertThat(plain.broken(), is(Map.of()));
    assertThat(plain.redelivered() + plain.retried(), is(0L));
    assertThat(
        counted.lines(), is(plain.lines() + broken + counted.redelivered() + counted.retried()));
    assertThat(
        counted.lines(), is(linesByFile(rough).values().stream().mapToLong(List::size).sum()));
    try (OracleTables tables = OracleTables.of(rough)) {
      SortedMap<String, Long> found = new TreeMap<>();
      for (String reason : tables.texts("SELECT reason FROM dead_letters")) {
        String query = "SELECT lines FROM dead_letters WHERE reason = '" + reason + "'";
        found.put(reason, tables.number(query));
      }

      assertThat(found, is(counted.broken()));
      assertThat(
          tables.number(
              "SELECT count(*) FROM records WHERE topic IN ('shop.transaction', 'shop.message')"),
          is(counted.ignored()));
    }
  }

  @Test
  void doesNotMixWithFilesOfAnotherRun() throws IOException {
    ShopGenerator.generate(withSeed(directory, 5));

    assertThrows(IOException.class, () -> ShopGenerator.generate(withSeed(directory, 5)));
  }

  @Test
  void everyFifthFileIsPlain() throws IOException {
    ShopGenerator.generate(new Options(directory, 50, 1, 3, 6, 0, 0, 0));

    assertThat(fileNames(directory), hasItem("changes-03.jsonl.gz"));
    assertThat(fileNames(directory), hasItem("changes-04.jsonl"));
    assertThat(fileNames(directory), hasItem("changes-05.jsonl.gz"));
  }

  private static Options withSeed(Path output, long seed) {
    return new Options(output, 150, 1, seed, 5, 0.05, 0.05, 100);
  }

  private static List<String> documentedArguments() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    int command = readme.indexOf("org.anabranch.testdata.ShopGenerator");
    String rest = readme.substring(command, readme.indexOf("```", command));
    return Stream.of(rest.split("[\\s\\\\]+")).filter(word -> word.startsWith("--")).toList();
  }

  private static List<String> fileNames(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static SortedMap<String, List<String>> linesByFile(Path directory) throws IOException {
    SortedMap<String, List<String>> lines = new TreeMap<>();
    for (String name : fileNames(directory)) {
      if (name.startsWith("changes-")) {
        lines.put(name, lines(directory.resolve(name)));
      }
    }

    return lines;
  }

  private static List<String> lines(Path file) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
