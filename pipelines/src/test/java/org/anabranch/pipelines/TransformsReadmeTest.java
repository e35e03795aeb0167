package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.Pipeline;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of transforms/README.md are code that is compiled, and two of them run here. */
class TransformsReadmeTest {

  private static final Pattern MARKED =
      Pattern.compile("(?s) *// begin: (\\w+)\\n(.*?)\\n *// end\\n");
  private static final Pattern BLOCK = Pattern.compile("(?s)```java\\n(.*?)\\n```");

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
}
