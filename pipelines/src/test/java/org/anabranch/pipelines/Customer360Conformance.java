package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * customer-360 on a runner: every row and column of every table equals what DuckDB computes from
 * the raw files by SQL alone, however the lines are ordered, split and repeated.
 */
public abstract class Customer360Conformance {

  private static final int WINDOW_MINUTES = 60;

  /** Number and checksum of the dead letters of the shipped data, the same on every runner. */
  private static final String DEAD_LETTERS = "488 41abf514";

  @TempDir private Path directory;

  /** Options of the runner under test. */
  protected abstract PipelineOptions options();

  /** Seeds of the shuffled inputs to try. */
  protected List<Long> seeds() {
    return List.of(1L);
  }

  @Test
  void theShippedDataGivesTheTablesOfTheOracle() throws IOException, SQLException {
    Path data = TestFiles.customer360();
    RunReport report = run(data, directory.resolve("warehouse"));
    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      assertThat(oracle.differences(directory.resolve("warehouse")), is(Map.of()));
      assertThat("dead letters", dead(report), is(oracle.count("dead_letters", "sum(lines)")));
    }

    report.tables().forEach(Customer360Conformance::theBooksAreEven);
  }

  @Test
  void theOrderSplitAndRepetitionOfLinesChangesNothing() throws IOException, SQLException {
    Path data = TestFiles.customer360();
    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      for (long seed : seeds()) {
        Path shuffled = directory.resolve("shuffled-" + seed);
        ShuffledLines.write(data, shuffled, seed);
        Path warehouse = directory.resolve("warehouse-" + seed);
        run(shuffled, warehouse);
        assertThat("seed " + seed, oracle.differences(warehouse), is(Map.of()));
      }
    }
  }

  @Test
  void inputCutIntoRunsThatOverlapAndComeInAnyOrderChangesNothing()
      throws IOException, SQLException {
    Path data = directory.resolve("generated");
    ShopGenerator.generate(new ShopGenerator.Options(data, 200, 1, 7, 3, 0.02, 0.01, 500));
    Path shuffled = directory.resolve("cut");
    long seed = System.nanoTime();
    ShuffledLines.write(data, shuffled, seed);
    List<Integer> files = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 0));
    Collections.shuffle(files, new Random(seed));
    Path warehouse = directory.resolve("warehouse");
    for (int file : files) {
      run(List.of(shuffled.resolve("changes-" + file + ".jsonl").toString()), warehouse);
    }

    try (OracleTables oracle = OracleTables.compute(data, WINDOW_MINUTES)) {
      assertThat("seed " + seed, oracle.differences(warehouse), is(Map.of()));
    }
  }

  /** Buckets are patched, so that Spark has deletes to apply. */
  @Test
  void stockSparkReadsWhatTheOracleComputesAfterEveryRun() throws IOException, SQLException {
    Path data = directory.resolve("generated");
    ShopGenerator.generate(new ShopGenerator.Options(data, 200, 1, 7, 3, 0.02, 0.01, 500));
    Path shuffled = directory.resolve("cut");
    ShuffledLines.write(data, shuffled, 1);
    Path soFar = Files.createDirectories(directory.resolve("so-far"));
    Path warehouse = directory.resolve("warehouse");
    try (StockSpark spark = StockSpark.start(warehouse, directory)) {
      for (int file = 0; file < 3; file++) {
        Path part = shuffled.resolve("changes-" + file + ".jsonl");
        Files.copy(part, soFar.resolve(part.getFileName()));
        run(List.of(part.toString()), warehouse, new RewriteRule(0, 1, 1000));
        try (OracleTables oracle = OracleTables.compute(soFar, WINDOW_MINUTES)) {
          assertThat("run " + file, oracle.differences(spark::files), is(Map.of()));
        }
      }
    }
  }

  @Test
  void everyBrokenLineIsKeptWithItsPlaceAndBytes() throws IOException, SQLException {
    Path data = TestFiles.customer360();
    Path warehouse = directory.resolve("warehouse");
    run(data, warehouse);
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

  private static String digest(SortedSet<String> texts) {
    CRC32C crc = new CRC32C();
    texts.forEach(text -> crc.update(text.getBytes(StandardCharsets.UTF_8)));
    return texts.size() + " " + Long.toHexString(crc.getValue());
  }

  private RunReport run(Path data, Path warehouse) throws IOException {
    return run(List.of(data.resolve("changes-*").toString()), warehouse);
  }

  private RunReport run(List<String> inputs, Path warehouse) throws IOException {
    return run(inputs, warehouse, RewriteRule.BY_COST);
  }

  private RunReport run(List<String> inputs, Path warehouse, RewriteRule rule) throws IOException {
    return TestRuns.customer360(
        options(),
        Customer360Config.of(inputs, 0, WindowRule.of(Duration.ofMinutes(WINDOW_MINUTES)), null),
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
