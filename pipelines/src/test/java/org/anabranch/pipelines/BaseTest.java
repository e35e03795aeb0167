package org.anabranch.pipelines;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anabranch.transforms.parse.ParseConfig;
import org.anabranch.transforms.parse.TableSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes over a base table that another engine wrote. */
class BaseTest {

  @TempDir private Path directory;

  @Test
  void theBaseTellsTheTypesOfItsColumns() throws IOException, SQLException {
    StoredTable table =
        merge("{\"id\":1,\"d\":19001,\"n\":5,\"m\":\"2.50\",\"t\":1641081600000000}");
    assertThat(
        rows(table),
        contains(
            "{\"id\":1,\"d\":\"2022-01-09\",\"n\":5,\"m\":2.50,\"t\":\"2022-01-02T00:00:00\"}",
            "{\"id\":2,\"d\":\"2020-01-02\",\"n\":7,\"m\":1.25,\"t\":\"2020-01-02T03:04:05\"}"));
    assertThat(table.types().get("n"), is("INTEGER"));
  }

  @Test
  void aValueThatDoesNotFitTheBaseWidensItsColumnOnly() throws IOException, SQLException {
    StoredTable table = merge("{\"id\":1,\"d\":19001,\"n\":\"x\",\"m\":\"2.5\",\"t\":0}");
    assertThat(
        rows(table),
        contains(
            "{\"id\":1,\"d\":\"2022-01-09\",\"n\":\"x\",\"m\":2.50,\"t\":\"1970-01-01T00:00:00\"}",
            "{\"id\":2,\"d\":\"2020-01-02\",\"n\":\"7\",\"m\":1.25,\"t\":\"2020-01-02T03:04:05\"}"));
  }

  @Test
  void ofTwoRowsOfTheBaseWithOneKeyOneIsKeptAsAWhole() throws IOException, SQLException {
    StoredTable table = merge("{\"id\":1}", "(2, DATE '1999-01-01', 9, 0.5, NULL)");
    assertThat(rows(table).size(), is(2));
    assertThat(
        List.of(
                "{\"id\":2,\"d\":\"2020-01-02\",\"n\":7,\"m\":1.25,\"t\":\"2020-01-02T03:04:05\"}",
                "{\"id\":2,\"d\":\"1999-01-01\",\"n\":9,\"m\":0.50,\"t\":null}")
            .contains(rows(table).get(1)),
        is(true));
  }

  private static List<String> rows(StoredTable table) {
    return table.rows().stream()
        .sorted(java.util.Comparator.comparing(row -> row.get("id").asLong()))
        .map(
            row -> {
              row.remove("_ab_position");
              return row.toString();
            })
        .toList();
  }

  private StoredTable merge(String row, String... moreOfTheBase) throws IOException, SQLException {
    Path base = directory.resolve("base.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE b (id BIGINT, d DATE, n INTEGER, m DECIMAL(10,2), t TIMESTAMP)");
      statement.execute(
          "INSERT INTO b VALUES (1, NULL, 1, 0, NULL),"
              + " (2, DATE '2020-01-02', 7, 1.25, TIMESTAMP '2020-01-02 03:04:05')");
      for (String more : moreOfTheBase) {
        statement.execute("INSERT INTO b VALUES " + more);
      }

      statement.execute("COPY b TO '" + base + "' (FORMAT parquet)");
    }

    Path changes = directory.resolve("changes.jsonl");
    Files.writeString(
        changes,
        "{\"after\":"
            + row
            + ",\"source\":{\"connector\":\"postgresql\",\"name\":\"s\",\"table\":\"t\","
            + "\"sequence\":\"[\\\"1\\\",\\\"2\\\"]\",\"lsn\":2},\"op\":\"u\"}\n");
    TableSpec spec = new TableSpec("t", List.of("id"), Map.of(), Set.of(), TableSpec.Form.CHANGES);
    TestRuns.replicate(
        DirectRuns.options(),
        new TablesConfig(
            List.of(changes.toString()),
            Map.of("t", spec),
            ParseConfig.Others.READ,
            ParseConfig.Tombstones.IGNORE,
            ParseConfig.UNAVAILABLE,
            Map.of("t", base.toString()),
            Set.of(),
            0),
        directory.resolve("warehouse"));
    return StoredTable.of(directory.resolve("warehouse"), "t");
  }
}
