package org.anabranch.pipelines;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.anabranch.transforms.parse.DeadLetters;
import org.anabranch.transforms.report.RunReport;
import org.apache.beam.sdk.options.PipelineOptions;
import org.junit.jupiter.api.Test;

/** On the Direct runner. */
class CaseFilesTest extends CaseFilesConformance {

  @Override
  protected PipelineOptions options() {
    return DirectRuns.options();
  }

  @Test
  void snapshotRowsThatShareAPositionAreMergedWithLaterChanges() throws Exception {
    Path folder = TestFiles.shared("cases/c01-flink-debezium-mysql-products");
    run(folder, products(), Set.of(), EVENTS);
    checkRows(folder, "products", CaseFilesConformance::withRoundedWeight);

    Map<String, BigDecimal> weights = new TreeMap<>();
    for (ObjectNode row : StoredTable.of(warehouse, "products").rows()) {
      weights.merge(row.get("name").asText(), weight(row), BigDecimal::add);
    }

    Map<String, BigDecimal> expected = new TreeMap<>();
    Json.read(folder.resolve("expected.json"))
        .get("group_by_name_sum_weight")
        .properties()
        .forEach(sum -> expected.put(sum.getKey(), new BigDecimal(sum.getValue().asText())));
    assertEquals(expected, weights);
  }

  @Test
  void aDeleteWithoutAnyKeyIsADeadLetterAndUpdatesWithoutBeforeImageCount() throws Exception {
    Path folder = TestFiles.shared("cases/c05-flink-debezium-postgres-replica-identity-default");
    RunReport report = run(folder, products(), Set.of(), EVENTS);
    checkRows(folder, "products", CaseFilesConformance::withRoundedWeight);
    List<ObjectNode> dead = StoredTable.of(warehouse, DeadLetters.TABLE).rows();
    assertEquals(
        Json.read(folder.resolve("expected.json")).get("dead_letters").intValue(), dead.size());
    assertEquals("delete-without-key", dead.get(0).get("reason").asText());
    assertEquals("products", dead.get(0).get("table").asText());
    assertEquals(1, report.table("products").count("dead"));
  }

  @Test
  void columnsAppearWithoutAnEventThatSaysSoAndTheLogDecidesTheOrder() throws Exception {
    Path folder = TestFiles.shared("cases/c08-paimon-debezium-schema-evolution");
    List<String> files = new ArrayList<>();
    for (JsonNode stage : Json.read(folder.resolve("expected.json")).get("stages")) {
      files.add(stage.get("after_file").asText());
      run(folder, products("product"), Set.of(), files.toArray(new String[0]));
      StoredTable stored = StoredTable.of(warehouse, "product");
      List<String> columns = new ArrayList<>();
      stage.get("columns").forEach(column -> columns.add(column.asText()));
      assertEquals(Set.copyOf(columns), Set.copyOf(stored.columns()));
      assertEquals(texts(stage.get("rows")), texts(stored.rows()));
    }
  }

  @Test
  void rowsOfOneBinaryLogEventAreOrderedByTheirNumber() throws Exception {
    Path folder = TestFiles.shared("cases/c20-risingwave-debezium-customers");
    run(folder, spec("customers", "id"), Set.of(), EVENTS);
    checkRows(folder, "customers", row -> row);
  }

  @Test
  void historyFollowsTheSourcesClockAndTheLogBreaksTies() throws Exception {
    Path folder = TestFiles.shared("cases/c25-flink-product-changelog-history");
    run(folder, spec("products", "product_id"), Set.of("products"), EVENTS);
    checkRows(folder, "products", row -> row);
    assertEquals(expectedSteps(folder), steps());
  }
}
