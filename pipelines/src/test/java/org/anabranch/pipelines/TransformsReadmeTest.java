package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anabranch.testdata.LocalBroker;
import org.anabranch.testdata.ShopGenerator.Options;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of transforms/README.md are code that is compiled, and run here. */
class TransformsReadmeTest {

  private static final Pattern MARKED =
      Pattern.compile("(?s) *// begin: (\\w+)\\n(.*?)\\n *// end\\n");
  private static final Pattern BLOCK = Pattern.compile("(?s)```java\\n(.*?)\\n```");

  private static final Duration MAX_WAIT = Duration.ofMinutes(2);

  @TempDir private Path directory;

  @Test
  void theReadmeShowsTheExamplesAsTheyAre() throws IOException {
    Path module = Path.of("").toAbsolutePath();
    String source =
        Files.readString(
            module.resolve("src/test/java/org/anabranch/pipelines/LibraryExamples.java"));
    String readme = Files.readString(module.resolveSibling("transforms").resolve("README.md"));
    List<String> examples = new ArrayList<>();
    Matcher marked = MARKED.matcher(source);
    while (marked.find()) {
      examples.add(marked.group(2).stripIndent());
    }

    List<String> shown = new ArrayList<>();
    Matcher block = BLOCK.matcher(readme);
    while (block.find()) {
      shown.add(block.group(1));
    }

    assertThat(examples.size(), is(3));
    assertThat(shown, is(examples));
  }

  @Test
  void filesBecomeTablesAndRowsOfTheseAnotherTable() throws IOException, SQLException {
    Path files = TestFiles.customer360().resolve("changes-04.jsonl");
    String lake = directory.resolve("lake").toString();
    Pipeline first = Pipeline.create(DirectRuns.options());
    LibraryExamples.files(first, files.toString(), lake);
    first.run().waitUntilFinish();
    Pipeline second = Pipeline.create(DirectRuns.options());
    LibraryExamples.rows(second, lake);
    second.run().waitUntilFinish();

    Map<String, String> last = new HashMap<>();
    Map<String, Long> times = new HashMap<>();
    StoredTable.of(Path.of(lake), "orders")
        .rows()
        .forEach(
            order -> {
              String customer = order.path("customer_id").asText();
              long time = order.path("updated_at").asLong();
              boolean isLater = time > times.getOrDefault(customer, 0L);
              if (isLater && !order.path("status").asText().equals("cancelled")) {
                times.put(customer, time);
                last.put(customer, order.path("order_id").asText());
              }
            });
    Map<String, String> stored = new HashMap<>();
    StoredTable.of(Path.of(lake), "last_orders")
        .rows()
        .forEach(
            row -> stored.put(row.path("customer_id").asText(), row.path("order_id").asText()));
    assertThat(last.size(), greaterThan(10));
    assertThat(stored, is(last));
  }

  @Test
  void topicsWithoutEndBecomeTheTablesOfTheSameChangesInFiles() throws Exception {
    Path data = directory.resolve("data");
    Path lake = directory.resolve("lake");
    try (LocalBroker broker = LocalBroker.start(directory.resolve("broker"))) {
      // Nothing broken: an amount that is no number would be text here, as no type is declared.
      ShopTopics.load(broker.bootstrapServers(), new Options(data, 50, 1, 7, 4, 0.02, 0, 500));
      Path expected = directory.resolve("expected");
      Pipeline bounded = Pipeline.create(DirectRuns.options());
      LibraryExamples.files(bounded, data.resolve("changes-*").toString(), expected.toString());
      bounded.run().waitUntilFinish();

      DirectOptions options = DirectRuns.options().as(DirectOptions.class);
      options.setBlockOnRun(false);
      Pipeline unbounded = Pipeline.create(options);
      LibraryExamples.topics(unbounded, broker.bootstrapServers(), lake.toString());
      PipelineResult running = unbounded.run();
      try {
        Instant end = Instant.now().plus(MAX_WAIT);
        while (!shown(lake).equals(shown(expected)) && Instant.now().isBefore(end)) {
          TimeUnit.MILLISECONDS.sleep(200);
        }

        assertThat(shown(lake), is(shown(expected)));
        assertThat(shown(lake).get("orders").size(), greaterThan(10));
      } finally {
        running.cancel();
      }
    }
  }

  /** Rows of the tables of the shop's database, without where their changes lay. */
  private static Map<String, Map<String, ObjectNode>> shown(Path lake)
      throws IOException, SQLException {
    Map<String, Map<String, ObjectNode>> shown = new HashMap<>();
    for (String table : Exported.tables(lake)) {
      String key = Map.of("customers", "id", "orders", "order_id").get(table);
      if (key != null) {
        StoredTable stored = StoredTable.of(lake, table);
        stored.rows().forEach(row -> row.retain(stored.columns()));
        shown.put(table, stored.byKey(List.of(key)));
      }
    }

    return shown;
  }
}
