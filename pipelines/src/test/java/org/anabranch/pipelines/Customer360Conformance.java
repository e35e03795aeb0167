package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.anabranch.testdata.ShopGenerator;
import org.anabranch.transforms.customer.WindowRule;
import org.anabranch.transforms.merge.RewriteRule;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.report.RunReport;
import org.anabranch.transforms.report.TableReport;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * customer-360 on a runner: every row and column of every table equals what DuckDB computes from
 * the raw files by SQL alone, however the lines are ordered, split and repeated.
 */
public abstract class Customer360Conformance {

  static final int WINDOW_MINUTES = 60;

  private static final int BUCKETS = 2;

  /** Number and checksum of the dead letters of the shipped data, the same on every runner. */
  private static final String DEAD_LETTERS = "488 41abf514";

  @TempDir Path directory;

  /** Options of the runner under test. */
  protected abstract PipelineOptions options();

  @Test
  void theShippedDataGivesTheTablesOfTheOracle() throws IOException, SQLException {
    Path data = TestFiles.customer360();
    RunReport report = run(data, directory.resolve("warehouse"));
    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      assertThat(oracle.differences(directory.resolve("warehouse")), is(Map.of()));
      assertThat("dead letters", dead(report), is(oracle.count("dead_letters", "sum(lines)")));
    }

    report.tables().forEach(Customer360Conformance::theBooksAreEven);
    everyBrokenLineIsKeptWithItsPlaceAndBytes(data, directory.resolve("warehouse"));
  }

  private static void everyBrokenLineIsKeptWithItsPlaceAndBytes(Path data, Path warehouse)
      throws IOException, SQLException {
    Set<String> lines = new HashSet<>(ShuffledLines.read(data));
    SortedSet<String> letters = new TreeSet<>();
    for (ObjectNode letter : StoredTable.of(warehouse, DeadLetters.TABLE).rows()) {
      byte[] raw = HexFormat.of().parseHex(letter.get("raw").textValue());
      String line = new String(raw, StandardCharsets.ISO_8859_1);
      assertThat("a line of the input", lines, hasItem(line));
      String log = Path.of(letter.get("log").textValue()).getFileName().toString();
      letters.add(
          String.join(
              "|",
              log,
              letter.get("partition").asText(),
              letter.get("offset").asText(),
              letter.get("reason").asText(),
              letter.get("detail").asText(),
              line));
    }

    assertThat(digest(letters), is(DEAD_LETTERS));
  }

  @Test
  @Tag("long")
  void inputCutIntoRunsThatOverlapAndComeInAnyOrderChangesNothing()
      throws IOException, SQLException {
    Path data = directory.resolve("generated");
    ShopGenerator.generate(new ShopGenerator.Options(data, 200, 1, 7, 3, 0.02, 0.01, 500));
    Path shuffled = directory.resolve("cut");
    long seed = System.nanoTime();
    ShuffledLines.write(data, shuffled, seed);
    List<String> inputs = new ArrayList<>(List.of("[01]", "[23]", "[45]", "6", "[05]"));
    Collections.shuffle(inputs, new Random(seed));
    Path warehouse = directory.resolve("warehouse");
    for (String files : inputs) {
      run(List.of(shuffled.resolve("changes-" + files + ".jsonl").toString()), warehouse);
    }

    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      assertThat("seed " + seed, oracle.differences(warehouse), is(Map.of()));
    }
  }

  private static String digest(SortedSet<String> texts) {
    CRC32C crc = new CRC32C();
    texts.forEach(text -> crc.update(text.getBytes(StandardCharsets.UTF_8)));
    return texts.size() + " " + Long.toHexString(crc.getValue());
  }

  final RunReport run(Path data, Path warehouse) throws IOException {
    return run(List.of(data.resolve("changes-*").toString()), warehouse);
  }

  final RunReport run(List<String> inputs, Path warehouse) throws IOException {
    return run(inputs, warehouse, RewriteRule.BY_COST);
  }

  final RunReport run(List<String> inputs, Path warehouse, RewriteRule rule) throws IOException {
    return TestRuns.customer360(
        options(),
        Customer360Config.of(
            inputs, BUCKETS, WindowRule.of(Duration.ofMinutes(WINDOW_MINUTES)), null),
        warehouse,
        rule);
  }

  private static long dead(RunReport report) {
    return report.tables().stream().mapToLong(table -> table.count(TableReport.DEAD)).sum();
  }

  private static void theBooksAreEven(TableReport table) {
    assertThat(
        "read = merged + ignored + dead of " + table.table(),
        table.count(TableReport.READ),
        is(
            table.count(TableReport.MERGED)
                + table.count(TableReport.IGNORED)
                + table.count(TableReport.DEAD)));
  }
}
