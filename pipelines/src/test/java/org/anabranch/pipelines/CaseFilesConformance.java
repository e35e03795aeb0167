package org.anabranch.pipelines;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.TableSpec;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debezium's events as other projects test with them end in the rows those projects expect. None of
 * the files has keys beside the events, so keys are declared.
 */
public abstract class CaseFilesConformance {

  static final String EVENTS = "events.jsonl";
  private static final int BUCKETS = 2;
  private static final int RUNS = 2;

  @TempDir Path warehouse;
  @TempDir Path cut;

  /** Options of the runner. */
  protected abstract PipelineOptions options();

  static Map<String, List<String>> expectedSteps(Path folder) throws IOException {
    Map<String, List<String>> expected = new TreeMap<>();
    Json.read(folder.resolve("expected.json"))
        .get("history_by_source_ts_ms")
        .properties()
        .forEach(
            product ->
                product
                    .getValue()
                    .forEach(
                        step ->
                            expected
                                .computeIfAbsent(product.getKey(), key -> new ArrayList<>())
                                .add(step.get(0).asLong() + " " + step.get(1).asText())));
    return expected;
  }

  @Test
  void productsCutIntoRunsOfAnyOrderEndInTheSameRows() throws Exception {
    Path folder = TestFiles.shared("cases/c01-flink-debezium-mysql-products");
    long seed = runCut(Set.of(), new Events(folder, products(), List.of(EVENTS)));
    seeded(seed, () -> checkRows(folder, "products", CaseFilesConformance::withRoundedWeight));
  }

  @Test
  void severalTablesCutIntoRunsOfAnyOrderEndInTheSameRows() throws Exception {
    Path keyless = TestFiles.shared("cases/c05-flink-debezium-postgres-replica-identity-default");
    Path evolving = TestFiles.shared("cases/c08-paimon-debezium-schema-evolution");
    Path customers = TestFiles.shared("cases/c20-risingwave-debezium-customers");
    JsonNode stages = Json.read(evolving.resolve("expected.json")).get("stages");
    JsonNode last = stages.get(stages.size() - 1).get("rows");
    long seed =
        runCut(
            Set.of(),
            new Events(keyless, products(), List.of(EVENTS)),
            new Events(
                evolving,
                products("product"),
                List.of("events-1.jsonl", "events-2.jsonl", "events-3.jsonl")),
            new Events(customers, spec("customers", "id"), List.of(EVENTS)));
    seeded(
        seed,
        () -> {
          checkRows(keyless, "products", CaseFilesConformance::withRoundedWeight);
          checkRows(customers, "customers", row -> row);
          assertEquals(texts(last), texts(StoredTable.of(warehouse, "product").rows()));
          assertEquals(
              Json.read(keyless.resolve("expected.json")).get("dead_letters").intValue(),
              StoredTable.of(warehouse, DeadLetters.TABLE).rows().size());
        });
  }

  @Test
  void aHistoryCutIntoRunsOfAnyOrderIsTheSame() throws Exception {
    Path folder = TestFiles.shared("cases/c25-flink-product-changelog-history");
    TableSpec products = spec("products", "product_id");
    long seed = runCut(Set.of("products"), new Events(folder, products, List.of(EVENTS)));
    seeded(
        seed,
        () -> {
          checkRows(folder, "products", row -> row);
          assertEquals(expectedSteps(folder), steps());
        });
  }

  /** Event files of one table. */
  private record Events(Path folder, TableSpec table, List<String> files) {

    /** The events with the coordinate that a log gives them, by which ties are decided. */
    List<String> records() throws IOException {
      List<String> records = new ArrayList<>();
      for (String file : files) {
        for (String line : Files.readAllLines(folder.resolve(file), ISO_8859_1)) {
          String record = "{\"topic\":\"%s\",\"partition\":0,\"offset\":%d,\"value\":%s}";
          records.add(record.formatted(folder.getFileName(), records.size(), line));
        }
      }

      return records;
    }
  }

  /** Merges events in runs that overlap and come in any order; tells the seed of the order. */
  private long runCut(Set<String> histories, Events... cases) throws IOException {
    long seed = System.nanoTime();
    List<String> records = new ArrayList<>();
    Map<String, TableSpec> tables = new TreeMap<>();
    for (Events events : cases) {
      records.addAll(events.records());
      tables.put(events.table().name(), events.table());
    }

    for (Path input : CutLines.shuffled(records, cut, RUNS, seed)) {
      run(List.of(input.toString()), tables, histories);
    }

    return seed;
  }

  /** A check that may fail with any exception. */
  @FunctionalInterface
  private interface Check {
    void run() throws IOException, SQLException;
  }

  private static void seeded(long seed, Check check) throws IOException, SQLException {
    try {
      check.run();
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  /** Every beginning of a version with its price, and the end of the last one without. */
  final Map<String, List<String>> steps() throws IOException, SQLException {
    List<ObjectNode> versions =
        StoredTable.of(warehouse, "products_history").rows().stream()
            .sorted(Comparator.comparing(row -> row.get("valid_from").asText()))
            .toList();
    Map<String, List<String>> steps = new TreeMap<>();
    Map<String, String> ends = new TreeMap<>();
    for (ObjectNode version : versions) {
      String key = version.get("product_id").asText();
      String from = version.get("valid_from").asText();
      assertTrue(from.equals(ends.getOrDefault(key, from)), "a gap in the history of " + key);
      ends.put(key, version.get("valid_to").asText());
      steps
          .computeIfAbsent(key, added -> new ArrayList<>())
          .add(millis(from) + " " + version.get("product_price").asText());
    }

    ends.forEach((key, end) -> steps.get(key).add(millis(end) + " null"));
    return steps;
  }

  private static long millis(String instant) {
    return Instant.parse(instant).toEpochMilli();
  }

  final RunReport run(Path folder, TableSpec table, Set<String> histories, String... files)
      throws IOException {
    List<String> inputs = new ArrayList<>();
    for (String file : files) {
      inputs.add(folder.resolve(file).toString());
    }

    return run(inputs, Map.of(table.name(), table), histories);
  }

  final RunReport run(List<String> inputs, Map<String, TableSpec> tables, Set<String> histories)
      throws IOException {
    return TestRuns.replicate(
        options(),
        new TablesConfig(
            inputs,
            tables,
            ParseConfig.Others.READ,
            ParseConfig.Tombstones.IGNORE,
            ParseConfig.UNAVAILABLE,
            Map.of(),
            histories,
            BUCKETS),
        warehouse);
  }

  static TableSpec spec(String table, String key) {
    return new TableSpec(table, List.of(key), Map.of(), Set.of(), TableSpec.Form.CHANGES);
  }

  static TableSpec products() {
    return products("products");
  }

  static TableSpec products(String table) {
    return spec(table, "id");
  }

  /** Turns a row, expected or stored, into what is to be equal. */
  @FunctionalInterface
  interface Form {
    JsonNode of(ObjectNode row);
  }

  final void checkRows(Path folder, String table, Form form) throws IOException, SQLException {
    List<JsonNode> expected = new ArrayList<>();
    for (JsonNode row : Json.read(folder.resolve("expected.json")).get("rows")) {
      expected.add(form.of((ObjectNode) row));
    }

    List<JsonNode> stored = new ArrayList<>();
    for (ObjectNode row : StoredTable.of(warehouse, table).rows()) {
      stored.add(form.of(row));
    }

    assertEquals(texts(expected), texts(stored));
  }

  /** The source's column is a FLOAT, whose events carry 3.140000104904175 for 3.14. */
  static ObjectNode withRoundedWeight(ObjectNode row) {
    return row.deepCopy().put("weight", weight(row).toPlainString());
  }

  static BigDecimal weight(ObjectNode row) {
    return new BigDecimal(row.get("weight").asText()).setScale(3, RoundingMode.HALF_UP);
  }

  /** Rows by text of all their columns of the source, in a fixed order; numbers as text too. */
  static List<String> texts(Iterable<? extends JsonNode> rows) {
    List<String> texts = new ArrayList<>();
    for (JsonNode row : rows) {
      texts.add(
          row.properties().stream()
              .filter(column -> !column.getKey().startsWith(StoredTable.METADATA))
              .map(column -> column.getKey() + "=" + column.getValue().asText())
              .sorted()
              .collect(Collectors.joining(", ")));
    }

    texts.sort(null);
    return texts;
  }
}
